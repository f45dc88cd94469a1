"""How a name in a configuration or command becomes a class: registries, mappings and factories."""

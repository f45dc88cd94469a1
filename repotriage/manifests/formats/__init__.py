"""One file per format of dependency file; each is found by being here."""

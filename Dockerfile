FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY repotriage repotriage
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
COPY --from=build /wheels /wheels
RUN pip install --no-cache-dir /wheels/*.whl \
    && rm -r /wheels \
    && useradd --uid 10001 --create-home repotriage \
    && install --directory --owner=repotriage /cache /work
ENV REPOTRIAGE_CACHE_DIR=/cache
USER 10001
WORKDIR /work
ENTRYPOINT ["repotriage"]
CMD ["--help"]

# Debian 13 ships Python 3.13. Build: docker build -t sekisho .   Run: see docs/install-docker.md.
# Its steps are tried without an engine by .ci/try-dockerfile.
FROM debian:trixie-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv python3-dev gcc \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY requirements/run.lock requirements/run.lock
RUN python3 -m venv /opt/sekisho \
 && /opt/sekisho/bin/pip install --no-cache-dir --require-hashes -r requirements/run.lock
COPY pyproject.toml hatch_build.py README.md LICENSE NOTICE ./
COPY dlp dlp
COPY quarantine quarantine
COPY signatures signatures
RUN /opt/sekisho/bin/pip install --no-cache-dir --no-deps .

FROM debian:trixie-slim
# fuse3 only for [media] mounts; the container then needs --device /dev/fuse --cap-add SYS_ADMIN.
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 fuse3 ca-certificates tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 990 --home-dir /var/lib/sekisho --create-home sekisho
COPY --from=build /opt/sekisho /opt/sekisho
ENV PATH=/opt/sekisho/bin:$PATH \
    SEKISHO_MAIL_HOST=0.0.0.0 SEKISHO_WEB_HOST=0.0.0.0 SEKISHO_CONSOLE_HOST=0.0.0.0
USER sekisho
WORKDIR /var/lib/sekisho
VOLUME /var/lib/sekisho
EXPOSE 10025 10080 10443
STOPSIGNAL SIGTERM
ENTRYPOINT ["dlp"]
CMD ["serve", "--var", "/var/lib/sekisho"]

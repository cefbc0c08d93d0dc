# The worker of a run on Fargate: one process that carries one shard. Build it from the repository's root, of the very
# version that starts the runs, for the processor that the tasks are to have:
#
#   docker build --platform linux/arm64 --file infra/worker.Dockerfile --tag loadgate-worker:VERSION .
#
# With JMeter in it, for profiles with `engine: { jmeter: … }`; the address is that of apache-jmeter-5.6.3.tgz wherever you
# get it from:
#
#   docker build --target jmeter --build-arg JMETER_URL=… --file infra/worker.Dockerfile --tag loadgate-worker:VERSION .
#
# Everything is in dist/, so nothing is installed, and no file is written while it runs: the root may be read-only. Whoever
# builds it may have files that only he can read: the modes are set here.
FROM node:24-slim AS base
WORKDIR /loadgate
COPY --chmod=444 dist/package.json dist/licenses.txt dist/task.js dist/thread.js ./
COPY --chmod=555 dist/shared ./shared
# Node listens for it, and uploads what was measured before it leaves.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/loadgate/task.js"]

# Downloaded and checked in a stage of its own, which leaves nothing but the program.
FROM node:24-slim AS download
ARG JMETER_URL
ARG JMETER_VERSION=5.6.3
ARG JMETER_SHA512=5978a1a35edb5a7d428e270564ff49d2b1b257a65e17a759d259a9283fc17093e522fe46f474a043864aea6910683486340706d745fcdf3db1505fd71e689083
ADD ${JMETER_URL} /download/jmeter.tgz
RUN echo "${JMETER_SHA512}  /download/jmeter.tgz" | sha512sum --check --strict \
  && tar --extract --gzip --no-same-owner --directory /opt --file /download/jmeter.tgz \
  && mv "/opt/apache-jmeter-${JMETER_VERSION}" /opt/jmeter \
  && rm -rf /opt/jmeter/docs /opt/jmeter/printable_docs

# A Java of the system that Node is on, with its security updates as of the day of the build.
FROM base AS jmeter
RUN apt-get update \
  && apt-get install --yes --no-install-recommends openjdk-17-jre-headless \
  && rm -r /var/lib/apt/lists/*
COPY --from=download /opt/jmeter /opt/jmeter
# The heap grows with the memory of the task, beside Node's.
ENV JMETER_HOME=/opt/jmeter HEAP="-XX:InitialRAMPercentage=25 -XX:MaxRAMPercentage=60"
# The one place that is written to: script, properties and results of a run. Who mounts it takes over its mode.
RUN chmod 1777 /tmp
VOLUME /tmp
USER 1000:1000

# What is built where no target is named.
FROM base AS worker
# Unprivileged, and known by its number where names are not looked up.
USER 1000:1000

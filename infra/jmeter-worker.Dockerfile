# The worker with JMeter in it, for profiles with `engine: { jmeter: … }`. It is built upon the image of worker.Dockerfile;
# the address is that of apache-jmeter-5.6.3.tgz wherever you get it from:
#
#   docker build --file infra/jmeter-worker.Dockerfile --build-arg WORKER=loadgate-worker:VERSION \
#     --build-arg JMETER_URL=… --tag loadgate-jmeter-worker:VERSION .
ARG WORKER=loadgate-worker

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

FROM ${WORKER}
USER root
# A Java of the system that Node is on, with its security updates as of the day of the build.
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

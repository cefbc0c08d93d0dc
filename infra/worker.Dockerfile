# The worker of a run on Fargate: one process that carries one shard. Build it from the repository's root, of the very
# version that starts the runs, for the processor that the tasks are to have:
#
#   docker build --platform linux/arm64 --file infra/worker.Dockerfile --tag loadgate-worker:VERSION .
#
# Everything is in dist/, so nothing is installed, and no file is written while it runs: the root may be read-only. Whoever
# builds it may have files that only he can read: the modes are set here.
FROM node:24-slim
WORKDIR /loadgate
COPY --chmod=444 dist/package.json dist/licenses.txt dist/task.js dist/thread.js ./
COPY --chmod=555 dist/shared ./shared
# Unprivileged, and known by its number where names are not looked up.
USER 1000:1000
# Node listens for it, and uploads what was measured before it leaves.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/loadgate/task.js"]

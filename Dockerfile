# Redress alone: `docker run --init --read-only --tmpfs /tmp` it with REDRESS_TOKENS set, and it keeps its data with the
# embedded ClickHouse in the volume. compose.yaml has it with Kafka, a ClickHouse server and Grafana.

FROM node:26-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The build runs below, when its sources are there; no dependency needs a script to be installed.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY detectors detectors
RUN npm run build && npm prune --omit=dev --ignore-scripts

# Debian rather than Alpine: the embedded ClickHouse is built for glibc, and its start needs coreutils' mkfifo.
FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY config config
COPY config/container/redress.yaml config/redress.yaml
COPY dashboards dashboards
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["start"]

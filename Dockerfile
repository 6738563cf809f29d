# Gatehouse, in production mode. Writes to /data only (and to nothing with a MongoDB), so the file system may be
# read-only. Build: docker build -t gatehouse . Settings: docs/configuration.md. Running: docs/operations.md.
FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No package of ours needs a script at install, and what is not run cannot do harm.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete

FROM node:24-slim
ENV NODE_ENV=production \
  GATEHOUSE_MODE=production \
  GATEHOUSE_HOST=0.0.0.0 \
  GATEHOUSE_PORT=4000 \
  GATEHOUSE_DATA=/data \
  GATEHOUSE_REALMS=/realms \
  MALLOC_ARENA_MAX=1 \
  GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608
WORKDIR /app
RUN install -d -o node -g node -m 700 /data \
  && install -d /realms \
  && ln -s /app/bin/gatehouse.js /usr/local/bin/gatehouse
COPY --from=packages /app/node_modules node_modules
COPY package.json ./
COPY bin bin
COPY config/realm.schema.json config/realm.schema.json
COPY views views
COPY src src
USER node
VOLUME /data
EXPOSE 4000
# Alive, not ready: a database that is away is no reason to kill a server that waits for it. Proxies ask /readyz.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.GATEHOUSE_PORT}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
STOPSIGNAL SIGTERM
# As `npm start` does.
CMD ["node", "--disable-warning=ExperimentalWarning", "--semi-space-growth-factor=8", "--max-semi-space-size=8", "--heap-growing-percent=90", "bin/server.js"]

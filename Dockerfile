# One image for every command: `docker run IMAGE worker`, `IMAGE server`, `IMAGE doctor` ...

# Builds with the compiler and the whole lock file; nothing of this stage but dist/ reaches the image.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: `prepare` would compile before the sources are here.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY tools/copy-assets.mjs tools/
COPY src src/
COPY demo demo/
COPY simulator simulator/
RUN npm run build:program

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: `prepare` needs the compiler, which production does not install.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY samples samples/
COPY --from=build /app/dist dist/
# Owned by root and not writable: the process keeps nothing in its own file system.
USER node
EXPOSE 8080
# `server` and `start` answer on HTTP_PORT, `worker` on WORKER_HEALTH_PORT where that is set; either will do. A container
# that answers on none switches this off (see docker-compose.yml).
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
  CMD ["node", "-e", "const ask = async (port) => { const { ok } = await fetch('http://127.0.0.1:' + port + '/healthz'); if (!ok) throw port }; const { HTTP_PORT, WORKER_HEALTH_PORT } = process.env; Promise.any([HTTP_PORT || 8080, WORKER_HEALTH_PORT].filter(Boolean).map(ask)).then(() => process.exit(0), () => process.exit(1))"]
# Exec form: SIGTERM reaches node, which stops taking work and ends a call in flight.
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["start"]

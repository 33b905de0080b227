# A node of grav1 on Debian. "npm run test:image" carries these steps out one by one, without a container engine.

FROM node:24-trixie-slim AS package
WORKDIR /src
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund
RUN npm pack --pack-destination /

FROM node:24-trixie-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ffmpeg aom-tools vpx-tools svt-av1 mkvtoolnix bubblewrap util-linux \
  && rm -rf /var/lib/apt/lists/*
COPY --from=package /grav1-*.tgz /
RUN npm install --global --ignore-scripts --no-audit --no-fund /grav1-*.tgz && rm -rf /grav1-*.tgz /root/.npm
RUN useradd --system --user-group --home-dir /data grav1 && install -d -o grav1 -g grav1 /data /films

ENV GRAV1_DATA_DIR=/data GRAV1_MEDIA=/films GRAV1_API_HOST=0.0.0.0
USER grav1
WORKDIR /films
VOLUME ["/data", "/films"]
EXPOSE 7898 7899
# Finishes the running scenes; give it time: docker stop --timeout 600
STOPSIGNAL SIGINT
HEALTHCHECK --start-period=120s CMD ["node", "-e", "fetch('http://127.0.0.1:7899/readyz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["grav1"]
CMD ["node"]

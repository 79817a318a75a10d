# virtwarden beside the libvirt of its host: README.md, "As a container", says how it is run.
# Debian's libvirt client speaks to older and newer daemons alike; Node.js is of the line that the tests run on.
ARG BASE=docker.io/library/node:20-bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends g++ make python3 pkg-config libvirt-dev libmnl-dev libcap2-bin \
 && apt-get clean && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/virtwarden
COPY . .
# What npm installs is what the lock file says, and runs no script of its own.
RUN sh packaging/assemble.sh
# Gives what it runs CAP_NET_ADMIN, which a user that is not root does not get from a container.
RUN cp /usr/bin/setpriv /with-net-admin && setcap cap_net_admin=ep /with-net-admin

FROM ${BASE}
RUN apt-get update \
 && apt-get install -y --no-install-recommends libvirt0 libmnl0 ebtables iptables nftables iproute2 xorriso \
 && apt-get clean && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 7480 virtwarden \
 && useradd --system --gid virtwarden --uid 7480 --home-dir /var/lib/virtwarden --shell /usr/sbin/nologin virtwarden \
 && install -d -o virtwarden -g virtwarden -m 700 /var/lib/virtwarden
COPY --from=build /with-net-admin /usr/local/bin/with-net-admin
COPY --from=build /opt/virtwarden /opt/virtwarden
ENV MALLOC_ARENA_MAX=2 NODE_ENV=production
USER virtwarden
VOLUME /var/lib/virtwarden
HEALTHCHECK --start-period=10s CMD ["node", "/opt/virtwarden/dist/cli/index.js", "health"]
ENTRYPOINT ["with-net-admin", "--inh-caps=+net_admin", "--ambient-caps=+net_admin", "node", "--optimize-for-size", "/opt/virtwarden/dist/cli/index.js"]
CMD ["serve"]

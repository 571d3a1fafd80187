#!/bin/sh
# Makes docker/secrets, which compose.yaml hands to the containers and git leaves out. What is there stays
# as it is, but for the two database URLs, which follow the passwords. Keep the folder: what curfew_secret
# seals in the database, nothing else opens.
set -eu
umask 077
mkdir -p "$(dirname "$0")/secrets"
cd "$(dirname "$0")/secrets"

# Compose mounts a file with the mode that it has here, and neither PostgreSQL nor the servers run as root
# or as you: they may read the files. On this machine the folder's mode keeps everyone else out.
chmod 700 .

make_password() {
  [ -s "$1" ] || head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$1"
}

for name in postgres owner server; do
  make_password "${name}_password"
done
[ -s curfew_secret ] || head -c 32 /dev/urandom | base64 | tr -d '\n' >curfew_secret
printf 'postgres://curfew:%s@postgres:5432/curfew' "$(cat server_password)" >database_url
printf 'postgres://curfew_owner:%s@postgres:5432/curfew' "$(cat owner_password)" >migrate_database_url

chmod 644 -- *

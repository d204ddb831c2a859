#!/bin/sh
# Runs in the container that becomes the database's image (see images.sh): PostgreSQL, reachable from the lab's network with
# passwords only, and the database of the applications. The password is the first line of standard input.
set -eu

subnet=$1
read -r password
rm -f /root/database-inside.sh
export DEBIAN_FRONTEND=noninteractive
apt-get update
# Started by hand below: no init runs here.
printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get install -y --no-install-recommends postgresql
rm -f /usr/sbin/policy-rc.d

conf=$(echo /etc/postgresql/*/main)
version=$(basename "$(dirname "$conf")")
mkdir -p "$conf/conf.d"
printf "listen_addresses = '*'\n" >"$conf/conf.d/lab.conf"
printf 'host mago3d mago3d %s scram-sha-256\n' "$subnet" >>"$conf/pg_hba.conf"

pg_ctlcluster "$version" main start
as_postgres() { su postgres -c "psql -v ON_ERROR_STOP=1 -q $1"; }
printf "create role mago3d login password '%s';\n" "$password" | as_postgres ""
su postgres -c 'createdb -O mago3d -T template0 -E UTF8 mago3d'
as_postgres "-d mago3d" <<'SQL'
set role mago3d;
create table site (id int primary key, name text);
insert into site values (1, '마고3D 공간정보 플랫폼');
SQL
pg_ctlcluster "$version" main stop
apt-get clean
rm -rf /var/lib/apt/lists/*

#!/bin/sh
# Makes the logins of the hub's parts, each with the password of its secret; the hub itself grants what each may do.
set -eu
for part in web worker listener; do
    psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
        --set=role="hub_$part" --set=password="$(cat "/run/secrets/database-$part")" <<'SQL'
SELECT format('CREATE ROLE %I LOGIN', :'role')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'role') \gexec
ALTER ROLE :"role" LOGIN PASSWORD :'password';
SQL
done

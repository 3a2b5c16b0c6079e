#!/usr/bin/env bash
# Takes Microsoft's schemas of the app manifest (MIT licence) out of the npm package that ships them, made smaller.
set -euo pipefail
cd "$(dirname "$0")"
version=1.1.2
folder="$(mktemp -d)"
npm pack --silent --pack-destination "$folder" "@microsoft/app-manifest@$version" >/dev/null
tar -xzf "$folder"/*.tgz -C "$folder"
for number in 1.25 1.29; do
    for name in MicrosoftTeams MicrosoftTeams.Localization; do
        python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin), separators=(",", ":")), end="")' \
            <"$folder/package/build/json-schemas/teams/v$number/$name.schema.json" >"$name-$number.json"
    done
done
rm -r "$folder"

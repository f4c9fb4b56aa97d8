#!/usr/bin/env bash
# Installs the newest official SDK of one language into a folder, unless it is there already.
#
#   install.sh python FOLDER    makes FOLDER/bin/python, which can `import openai`
#   install.sh node FOLDER      makes FOLDER/node_modules; scripts in FOLDER can `import "openai"`
#
# Exit code 3: it cannot be installed here (no interpreter, no package manager, or no network).
set -uo pipefail
language=${1:?python or node}
folder=${2:?folder to install into}

cannot() { printf 'cannot install the %s SDK here: %s\n' "$language" "$1" >&2; exit 3; }

mkdir -p "$folder" || exit 1
cd "$folder" || exit 1
case $language in
  python)
    bin/python -c 'import openai' 2>/dev/null && exit 0
    command -v python3 >/dev/null || cannot "there is no python3"
    python3 -m venv . || cannot "python3 -m venv failed (on Debian it needs the package python3-venv)"
    bin/python -m pip install --quiet --disable-pip-version-check openai || cannot "pip install openai failed"
    bin/python -c 'import openai; print("openai for Python", openai.__version__)'
    ;;
  node)
    [ -f node_modules/openai/package.json ] && exit 0
    command -v node >/dev/null || cannot "there is no node"
    command -v npm >/dev/null || cannot "there is no npm"
    npm install --prefix . --silent --no-audit --no-fund openai || cannot "npm install openai failed"
    node -p '"openai for Node " + require("./node_modules/openai/package.json").version'
    ;;
  *) echo "unknown language: $language" >&2; exit 2 ;;
esac

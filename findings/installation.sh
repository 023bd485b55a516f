# Sourced by the findings: a temporary folder, pinned packages in it, and the comparison with what is expected.
set -euo pipefail
scene=$(mktemp -d)
trap 'rm -rf "$scene"' EXIT

# debian NAME[=VERSION]...: unpacks Debian packages into the folder, without installing them. The subject of a finding has a version.
debian() {
  (cd "$scene" && apt-get -qq -o APT::Sandbox::User=root download "$@" && for package in *.deb; do dpkg -x "$package" root; done && rm -f ./*.deb) ||
    { echo "cannot get $* from the package registry; run apt-get update, or the version has gone" >&2; exit 2; }
}

# npm_packages NAME@VERSION...: installs them into the folder.
npm_packages() {
  (cd "$scene" && npm init -y >/dev/null && npm install --no-audit --no-fund --silent "$@") ||
    { echo "cannot get $* from the package registry" >&2; exit 2; }
}

# compile FLAGS...: builds the program on standard input against the folder's headers and libraries.
compile() {
  local libraries=$scene/root/usr/lib/x86_64-linux-gnu
  g++ -std=c++20 -O1 -w -x c++ - -o "$scene/program" -I"$scene/root/usr/include" -L"$libraries" -Wl,-rpath,"$libraries" "$@" -pthread
}

# expect TEXT: standard input must be TEXT, line for line.
expect() {
  local seen
  seen=$(cat)
  printf '%s\n' "$seen"
  if [[ $seen == "$1" ]]; then echo "as expected"; else
    printf 'CHANGED; expected:\n%s\n' "$1"
    exit 1
  fi
}

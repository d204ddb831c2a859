#!/bin/bash
# Runs one integration target inside its container, the way ansible-test does: `inside.sh NAME play|ansible`.
# /source is ansible-core's source tree, /play the project, $VENV a Python with ansible-core. Ends with the target's exit code.
set -u
name=$1 tool=$2
export HOME=/root LANG=en_US.UTF-8 LC_ALL=en_US.UTF-8 TERM=dumb USER=root LOGNAME=root SHELL=/bin/bash
mkdir -p /root/ansible/test /root/bin
cp -a /source/test/integration /source/test/support /root/ansible/test/
cp -a /source/test/lib /root/ansible/test/ 2>/dev/null
cd /root/ansible/test/integration || exit 90
[ -e targets/$name ] || { echo "no such target: $name"; exit 91; }
printf '[testgroup]\ntesthost ansible_connection="local" ansible_pipelining="yes" ansible_python_interpreter="%s"\n' "$VENV/bin/python" >inventory
if grep -q '^needs/ssh' targets/$name/aliases 2>/dev/null; then
  [ -e /root/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id_ed25519
  cat /root/.ssh/id_ed25519.pub >>/root/.ssh/authorized_keys; chmod 600 /root/.ssh/authorized_keys
  systemctl start ssh
  printf '[testgroup]\ntesthost ansible_connection="ssh" ansible_pipelining="yes" ansible_python_interpreter="%s" ansible_host="localhost" ansible_port="22" ansible_user="root" ansible_ssh_private_key_file="/root/.ssh/id_ed25519" ansible_ssh_extra_args="-o UserKnownHostsFile=/dev/null -o StrictHostKeyChecking=no"\n' "$VENV/bin/python" >inventory
fi
export PATH=/root/bin:$VENV/bin:$PATH ANSIBLE_TEST_PYTHON_INTERPRETER=$VENV/bin/python ANSIBLE_TEST_PYTHON_VERSION=$($VENV/bin/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
cp /source/test/lib/ansible_test/_util/target/injector/virtualenv.sh /root/bin/
if [ "$tool" = play ]; then
  command_of() { printf '#!/bin/sh\nexec node /play/runner/play.mjs %s"$@"\n' "$2" >/root/bin/$1; chmod 755 /root/bin/$1; }
  command_of ansible-playbook '' ; command_of ansible-inventory 'inventory ' ; command_of ansible-vault 'vault '
  command_of ansible "${ADHOC:-adhoc} "
fi
output=/root/output; mkdir -p $output
export ANSIBLE_PYTHON_MODULE_RLIMIT_NOFILE=1024 ANSIBLE_INVENTORY_PLUGIN_EXTS='.yaml, .yml, .json, .winrm, .networking' ANSIBLE_FORCE_COLOR=false \
  ANSIBLE_FORCE_HANDLERS=true ANSIBLE_HOST_PATTERN_MISMATCH=error ANSIBLE_INVENTORY=/dev/null ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_HOST_KEY_CHECKING=false \
  ANSIBLE_RETRY_FILES_ENABLED=false ANSIBLE_LIBRARY=/dev/null ANSIBLE_DEVEL_WARNING=false PAGER=/bin/cat OUTPUT_DIR=$output \
  INVENTORY_PATH=$PWD/inventory ANSIBLE_TEST_PREFER_PYTHON=1 ANSIBLE_CONFIG=/root/ansible.cfg
: >/root/ansible.cfg
run_role() {
  printf '[{"hosts": "testhost", "gather_facts": %s, "vars_files": [], "vars": {"output_dir": "%s"}, "roles": ["%s"]}]\n' "$2" $output $1 >$1-test.yml
  ANSIBLE_PLAYBOOK_DIR=$PWD ANSIBLE_ROLES_PATH=$PWD/targets ansible-playbook $1-test.yml -i inventory -v
}
facts_of() { if grep -q '^gather_facts/no' targets/$1/aliases 2>/dev/null; then echo false; else echo true; fi; }
# Set-up targets are Ansible's own business: they run with ansible-core in both cases.
for setup in $(sed -n 's/^setup\/\(once\|always\)\/\([^ ]*\).*/\2/p' targets/$name/aliases 2>/dev/null); do
  if [ -e targets/$setup/runme.sh ]; then (cd targets/$setup && ./runme.sh)
  else (PATH=$VENV/bin:$PATH; run_role $setup "$(facts_of $setup)"); fi >/root/setup.log 2>&1 || { cat /root/setup.log; exit 92; }
  rm -rf $output; mkdir -p $output
done
if [ -e targets/$name/runme.sh ]; then
  cd targets/$name && ANSIBLE_PLAYBOOK_DIR=$PWD ./runme.sh -v
else
  run_role $name "$(facts_of $name)"
fi

/**
 * Errors of transport: code to message and the next thing to do. Codes that start with `unreachable` make a host unreachable;
 * the others (become, timeouts) fail the task.
 */

interface At { readonly host: string }
interface Said extends At { readonly said: string }
interface Account extends Said { readonly method: string; readonly user: string }

const because = (said: string): string => said.trim() === '' ? '' : `: ${inWords(said.trim())}`
/** Node's names of network errors, in the words of ssh that people search for. */
const network: readonly (readonly [RegExp, string])[] = [
  [/connect ECONNREFUSED \S+/, 'Connection refused (nothing listens on that port)'],
  [/getaddrinfo (?:ENOTFOUND|EAI_AGAIN|EAI_NODATA) (\S+)/, 'Could not resolve hostname $1'],
  [/connect ETIMEDOUT \S+/, 'Connection timed out'],
  [/connect EHOSTUNREACH \S+/, 'No route to host'],
  [/connect ENETUNREACH \S+/, 'Network is unreachable'],
  [/read ECONNRESET/, 'Connection reset by peer'],
]
const inWords = (said: string): string => network.reduce((text, [pattern, words]) => text.replace(pattern, words), said)

export const transportErrors = {
  // -------------------------------------------------------------- any connection
  'unreachable-lost': ({ host, said }: Said) => ({
    message: `the connection to ${host} was lost${because(said)}`,
    hint: 'Run again: what was already done is found done. If it happens again, look at the system log of the host.',
  }),
  'unreachable-no-shell': ({ host, shell, said }: Said & { readonly shell: string }) => ({
    message: `${host} has no shell ${shell}${because(said)}`,
    hint: 'play needs a POSIX shell on the target; name it with ansible_shell_executable if it is elsewhere.',
  }),
  'unreachable-no-greeting': ({ host, said }: Said) => ({
    message: `the shell on ${host} ended before it answered${because(said)}`,
    hint: 'Log in by hand and see whether the login shell works and prints no error.',
  }),
  'unreachable-timeout': ({ host, seconds, what }: At & { readonly seconds: number; readonly what: string }) => ({
    message: `${host} did not answer within ${seconds} s (${what})`,
    hint: 'Check address, port and firewall, or allow more time with -T or ansible_ssh_timeout.',
  }),
  'unreachable-no-prompt': ({ host, method, user, seconds, said }: At & { readonly method: string; readonly user: string; readonly seconds: number; readonly said: string }) => ({
    message: `Timed out waiting for become success or become password prompt: ${method} on ${host} did not ask for the password of ${user} within ${seconds} s${said.trim() === '' ? '' : `; it says: ${said.trim()}`}`,
    hint: method === 'su' ? 'The words that it asks with can be named, without their colon, in ansible_su_prompt_l10n.' : `Try ${method} by hand on the host.`,
  }),
  'unreachable-no-scratch': ({ host, user }: At & { readonly user: string }) => ({
    message: `${user} on ${host} can write neither to /dev/shm nor to /tmp nor to /var/tmp nor to the home folder`,
    hint: 'One of them must be writable for the output of commands while they run: is the disk full or mounted read-only?',
  }),
  'unreachable-no-program': ({ host, program }: At & { readonly program: string }) => ({
    message: `the program ${program}, needed to reach ${host}, is not installed here`,
    hint: `Install ${program}, or choose another ansible_connection.`,
  }),
  // -------------------------------------------------------------- containers
  'unreachable-no-container': ({ host, said }: Said) => ({
    message: `there is no container ${host}${because(said)}`,
    hint: 'Compare with `docker ps -a`; the name is ansible_host, or the inventory name where that is not set.',
  }),
  'unreachable-container-stopped': ({ host, said }: Said) => ({
    message: `the container ${host} is not running${because(said)}`,
    hint: `Start it with \`docker start ${host}\` and look at \`docker logs ${host}\` if it stops again.`,
  }),
  'unreachable-engine': ({ host, said }: Said) => ({
    message: `the container engine that should hold ${host} does not answer${because(said)}`,
    hint: 'Is it running (`docker info`), and may this account use it (group docker, DOCKER_HOST)?',
  }),
  'unreachable-container-user': ({ host, user, said }: Said & { readonly user: string }) => ({
    message: `the container ${host} has no account ${user}${because(said)}`,
    hint: 'Correct ansible_user, or leave it out to enter as the account of the image.',
  }),
  // -------------------------------------------------------------- ssh
  'unreachable-refused': ({ host, port, said }: Said & { readonly port: number }) => ({
    message: `no SSH connection to ${host} port ${port}${because(said)}`,
    hint: /ENOTFOUND|EAI_|resolve/.test(said) ? 'Check the spelling of the name (is it a host of the inventory?), or give its address with ansible_host.'
      : 'Check ansible_host and ansible_port, and that sshd runs there.',
  }),
  'unreachable-authentication': ({ host, user, tried, said }: Said & { readonly user: string; readonly tried: string }) => ({
    message: `Permission denied: ${host} does not let ${user} in; tried: ${tried}${because(said)}`,
    hint: 'Try `ssh -v` by hand; name the account with ansible_user, the key with ansible_ssh_private_key_file or --private-key, or ask for a password with -k.',
  }),
  'unreachable-key-file': ({ host, file, said }: Said & { readonly file: string }) => ({
    message: `the private key ${file} for ${host} cannot be used${because(said)}`,
    hint: 'Check the path, the file mode and the passphrase, or load the key into ssh-agent.',
  }),
  'unreachable-host-key-unknown': ({ host, port, kind, fingerprint }: At & { readonly port: number; readonly kind: string; readonly fingerprint: string }) => ({
    message: `the ${kind} host key of ${host} is not known: ${fingerprint}`,
    hint: `Compare the fingerprint with the one the host shows (ssh-keygen -lf on its /etc/ssh/*.pub), then: ssh-keyscan${port === 22 ? '' : ` -p ${port}`} ${host} >> ~/.ssh/known_hosts. Or accept new keys with host_key_checking = false.`,
  }),
  'unreachable-host-key-changed': ({ host, kind, fingerprint, file, line }: At & { readonly kind: string; readonly fingerprint: string; readonly file: string; readonly line: number }) => ({
    message: `the ${kind} host key of ${host} is ${fingerprint}, not the one in ${file} line ${line}: someone may be listening in, or the host was built anew`,
    hint: `If it was built anew, remove the old key: ssh-keygen -R ${host} -f ${file}`,
  }),
  'unreachable-host-key-revoked': ({ host, kind, fingerprint, file, line }: At & { readonly kind: string; readonly fingerprint: string; readonly file: string; readonly line: number }) => ({
    message: `the ${kind} host key of ${host}, ${fingerprint}, is marked @revoked in ${file} line ${line}`,
    hint: 'The key must not be trusted: give the host a new one.',
  }),
  'unreachable-host-key-authority': ({ host, file, line }: At & { readonly file: string; readonly line: number }) => ({
    message: `${host} is known only by a certificate authority (${file} line ${line}), and the built-in SSH client cannot check host certificates`,
    hint: 'Use the ssh program of this machine: ansible_connection: openssh. Or add the host\'s own key to known_hosts.',
  }),
  'unreachable-ssh': ({ host, said }: Said) => ({
    message: `no SSH session on ${host}${because(said)}`,
    hint: 'Try the same with `ssh -v` by hand.',
  }),
  'unreachable-ssh-option': ({ host, option, why }: At & { readonly option: string; readonly why: string }) => ({
    message: `the SSH option ${option} given for ${host} is not known to the built-in SSH client: ${why}`,
    hint: 'Leave it out, or use the ssh program of this machine: ansible_connection: openssh.',
  }),
  // -------------------------------------------------------------- other accounts
  'become-wrong-password': ({ host, method, user }: Account) => ({
    message: `Incorrect ${method} password for becoming ${user} on ${host}`,
    hint: 'Check ansible_become_password, or ask for it with -K.',
  }),
  'become-password-missing': ({ host, method, user }: Account) => ({
    message: `Missing ${method} password: ${host} asks for one before becoming ${user}`,
    hint: 'Give it with -K or ansible_become_password, or allow the account to do without (NOPASSWD in sudoers).',
  }),
  'become-not-installed': ({ host, method, user, said }: Account) => ({
    message: `${method} is not installed on ${host}, so ${user} cannot be reached with it${because(said)}`,
    hint: 'Install it there, or choose another become_method (sudo, su, doas); as root, su needs no password.',
  }),
  'become-no-user': ({ host, user, said }: Account) => ({
    message: `${host} has no account ${user} to become${because(said.trim().split('\n')[0] ?? '')}`,
    hint: 'Correct become_user, or create the account in an earlier task.',
  }),
  'become-requires-tty': ({ host, method, said }: Account) => ({
    message: `${method} on ${host} insists on a terminal${because(said)}`,
    hint: method === 'doas' ? 'doas reads passwords from a terminal only: add `nopass` to the rule in doas.conf, or use sudo or su.'
      : 'Remove `Defaults requiretty` from its sudoers, or exempt the account: Defaults:NAME !requiretty',
  }),
  'become-not-allowed': ({ host, method, user, said }: Account) => ({
    message: `${method} on ${host} does not allow becoming ${user}${because(said)}`,
    hint: 'The account needs a rule in sudoers (or doas.conf) that allows it to run /bin/sh.',
  }),
  'become-other-user': ({ host, method, user, said }: Account) => ({
    message: `${method} on ${host} was to become ${user}, but the shell is ${said}'s`,
    hint: 'Look at become_flags and at the rule that lets the account become another.',
  }),
  'become-failed': ({ host, method, user, said }: Account) => ({
    message: `${method} on ${host} did not become ${user}${because(said)}`,
    hint: 'Log in as the connecting account and try the same by hand.',
  }),
  // -------------------------------------------------------------- steps
  'step-timeout': ({ host, seconds }: At & { readonly seconds: number }) => ({
    message: `the command on ${host} did not finish within ${seconds} s and was stopped`,
    hint: 'Allow more with `timeout:`, or find out what it waits for: it gets no terminal and an empty standard input.',
  }),
  'step-variable': ({ host, name }: At & { readonly name: string }) => ({
    message: `${name} is no name for an environment variable (on ${host}); expected letters, digits and _`,
    hint: 'Rename it under `environment:`.',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

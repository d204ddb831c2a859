/** Errors of vault, variable files: code to message and the next thing to do. */

const list = (items: readonly string[]): string => items.length === 0 ? 'none' : items.join(', ')

export const varsErrors = {
  'not-vault': (data: { readonly found: string }) => ({
    message: `this is not vault text: it starts with '${data.found.slice(0, 40)}'`,
    hint: 'vault text starts with $ANSIBLE_VAULT;1.1;AES256 or $ANSIBLE_VAULT;1.2;AES256;ID',
  }),
  'vault-unsupported': (data: { readonly what: string }) => ({
    message: `this vault format is not supported: ${data.what}`,
    hint: 'versions 1.1 and 1.2 with AES256 are; decrypt older ones with the ansible-vault that wrote them and encrypt them again',
  }),
  'vault-corrupt': (data: { readonly why: string }) => ({
    message: `the vault text is damaged: ${data.why}`,
    hint: 'it was cut, wrapped or edited; take the original, or encrypt the value again',
  }),
  'vault-no-secret': (data: { readonly id: string | undefined }) => ({
    message: `Attempting to decrypt but no vault secrets found: there is vault text${data.id === undefined ? '' : ` of vault id '${data.id}'`}, but no vault password was given`,
    hint: 'give one with --vault-password-file FILE, --vault-id ID@FILE, or -J to be asked',
  }),
  'vault-no-password': (_data: object) => ({
    message: "A vault password is required to use Ansible's Vault: none was given",
    hint: 'give one with --vault-password-file FILE, --vault-id ID@FILE, or -J to be asked',
  }),
  'vault-exists': (data: { readonly path: string }) => ({
    message: `${data.path} exists, please use 'edit' instead`,
    hint: 'or use encrypt if it is plain text',
  }),
  'vault-wrong-password': (data: { readonly id: string | undefined; readonly tried: readonly string[] }) => ({
    message: `Decryption failed (no vault secrets were found that could decrypt)${data.id === undefined ? '' : `; the text is of vault id '${data.id}'`}; tried the ids: ${list(data.tried)}`,
    hint: 'the password is another one, or the text was changed after it was encrypted',
  }),
  'vault-unknown-id': (data: { readonly id: string; readonly known: readonly string[] }) => ({
    message: `Did not find a match for --encrypt-vault-id=${data.id} in the known vault-ids [${data.known.map((id) => `'${id}'`).join(', ')}]`,
    hint: `add --vault-id ${data.id}@FILE`,
  }),
  'vault-ambiguous-id': (data: { readonly known: readonly string[] }) => ({
    message: `The vault-ids ${data.known.join(',')} are available to encrypt: it is not clear which one is meant`,
    hint: 'Specify the vault-id to encrypt with --encrypt-vault-id',
  }),
  'vault-password-file': (data: { readonly path: string; readonly why: string }) => ({
    message: `no vault password can be had from ${data.path}: ${data.why}`,
    hint: 'a password file holds the password; an executable one prints it; one whose name ends in -client is called with --vault-id ID',
  }),
  'vault-already': (data: { readonly path: string }) => ({
    message: `input is already encrypted: ${data.path}`,
    hint: 'use rekey to change its password',
  }),
  'vault-not-encrypted': (data: { readonly path: string }) => ({
    message: `input is not vault encrypted data: ${data.path}`,
    hint: 'use encrypt first, or name another file',
  }),
  'vault-unreadable': (data: { readonly path: string; readonly why: string }) => ({
    message: `Unable to read source file (${data.path}): ${data.why}`,
    hint: 'check the path, and who may read it',
  }),
  'vault-not-writable': (data: { readonly path: string }) => ({
    message: `Destination '${data.path}' not writable`,
    hint: 'the file is replaced by a new one in the same folder: check its permissions, or name another file with --output',
  }),
  'vault-editor': (data: { readonly path: string; readonly why: string }) => ({
    message: `${data.path} was not changed: ${data.why}`,
    hint: 'set EDITOR to a program that edits the file it is given and ends with 0',
  }),
  'vars-file-not-mapping': (data: { readonly path: string; readonly found: string }) => ({
    message: `a variable file must hold a mapping of names to values; ${data.path} holds ${data.found}`,
    hint: 'write each variable as "name: value"',
  }),
  'vars-file-not-found': (data: { readonly path: string }) => ({
    message: `there is no variable file ${data.path}`,
    hint: 'check the path; with -e @FILE a relative one starts at the current folder, in vars_files at the folder of the playbook',
  }),
  'vars-file-unreadable': (data: { readonly path: string; readonly why: string }) => ({
    message: `cannot read the variable file ${data.path}: ${data.why}`,
    hint: 'check who owns the file and its permissions',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

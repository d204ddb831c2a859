/** Errors of running tasks: code to message and the next thing to do. */

export const executeErrors = {
  'file-not-found': (data: { readonly path: string; readonly searched: readonly string[] }) => ({
    message: `could not find or access '${data.path}' on the controller`,
    hint: `looked for: ${data.searched.join(', ')}`,
  }),
  'probe-unreadable': (data: { readonly probe: string; readonly output: string }) => ({
    message: `the host's answer to the ${data.probe} read makes no sense: ${data.output.slice(0, 200)}`,
    hint: 'run again with -vvv to see what was asked; this may be a tool on the host that play does not know yet',
  }),
} satisfies Record<string, (data: never) => { readonly message: string; readonly hint?: string }>

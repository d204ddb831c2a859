/** What `--help` says around the table of options. */

/** Which command: playbooks, or one task (`play adhoc`). */
export type Kind = 'playbooks' | 'adhoc'

export const exitCodes = [
  'Exit codes: 0 ok, 1 error before or outside of tasks, 2 a host failed, 4 a host was unreachable or a file cannot be understood,',
  '5 wrong options, 99 interrupted.',
]
export const about: Readonly<Record<Kind, { readonly head: readonly string[]; readonly examples: readonly string[] }>> = {
  playbooks: {
    head: [
      'usage: play PLAYBOOK... [-i INVENTORY] [options]',
      '       play adhoc PATTERN [-m MODULE] [-a ARGS] [-i INVENTORY] [options]     one task, no playbook; play adhoc --help',
      '       play inventory --list | --graph | --host NAME [-i INVENTORY]',
      '       play vault encrypt | decrypt | view | edit | create | rekey | encrypt_string [FILE...]',
      '',
      'Runs Ansible playbooks over ssh, docker exec or on this machine. Targets need nothing but /bin/sh.',
      'A playbook is looked for as given, then in playbooks/. Without -i, the folder inventory/ is used if there is one.',
    ],
    examples: [
      '  play site.yml -i inventory                    make it so',
      '  play site.yml -i inventory --dry-run          show what that would change',
      '  play site.yml -i inventory --role haproxy     one role, as the playbook uses it',
      '  play site.yml -i inventory -l web1 -t deploy  one host, some tasks',
    ],
  },
  adhoc: {
    head: [
      'usage: play adhoc PATTERN [-m MODULE] [-a ARGS] [-i INVENTORY] [options]',
      '',
      'Runs one task on the hosts of a pattern, as the command `ansible` does.',
      'Without -i, the folder inventory/ is used if there is one.',
    ],
    examples: [
      "  play adhoc all -i inventory -m ping                              is everyone there",
      "  play adhoc 'web:!web3' -i inventory -b -a 'systemctl is-active nginx'",
      "  play adhoc db1 -i inventory -m copy -a 'src=motd dest=/etc/motd' -D -C",
    ],
  },
}

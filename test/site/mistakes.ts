/** Mistakes that users make with the site: the arguments of a run, and what must be said. Nothing of the site may be changed by any. */
export interface Mistake { readonly what: string; readonly args: readonly string[]; readonly code: number; readonly says: readonly RegExp[] }

const site = (...more: string[]): string[] => ['site.yml', '-i', 'inventory', ...more]

export const mistakes: readonly Mistake[] = [
  { what: 'a role that is not there', args: site('--role', 'haproxi'), code: 1, says: [/haproxi/, /haproxy/] },
  { what: 'a playbook that is not there', args: ['sites.yml', '-i', 'inventory'], code: 1, says: [/sites\.yml/] },
  { what: 'an inventory that is not there', args: ['site.yml', '-i', 'inventories'], code: 0, says: [/inventories/, /no hosts matched/] },
  { what: 'an option that is not there', args: site('--dryrun'), code: 5, says: [/dryrun/, /dry-run/] },
  { what: 'a host in no group', args: site('-l', 'apache-tomcat9'), code: 1, says: [/apache-tomcat9/] },
  { what: 'a port that is no number', args: site('-e', 'site_admin_ajp_port=ajp'), code: 2, says: [/site_admin_ajp_port/, /int/] },
  { what: 'a value that is no choice', args: site('-e', 'session_clustering_manager=DeltaManger'), code: 2, says: [/DeltaManager/, /DeltaManger/] },
  { what: 'a connector that is neither http nor ajp', args: site('-e', 'tomcat_connector=https'), code: 2, says: [/tomcat_connector/, /ajp/] },
  { what: 'an archive that is not there', args: site('-e', 'tomcat_archive=/setup/tomcat-11.tgz'), code: 2, says: [/\/setup\/tomcat-11\.tgz does not exist on apache-tomcat1/, /tomcat_archive/] },
  { what: 'an archive of the controller that is not there', args: site('-e', 'tomcat_archives_on=controller', '-e', 'tomcat_jdk_archive=jdk-nowhere.tgz'), code: 2, says: [/jdk-nowhere\.tgz/] },
  { what: 'a wrong checksum', args: site('-e', `tomcat_archive_checksum=sha256:${'0'.repeat(64)}`), code: 2, says: [/sha256/, /nothing was unpacked/] },
  { what: 'two nodes of one number', args: site('-e', 'node_number=1'), code: 2, says: [/same node_number/, /apache-tomcat1 has 1, apache-tomcat2 has 1/, /host_vars/] },
  { what: 'one port for two things', args: site('-e', 'site_user_ajp_port=8019'), code: 2, says: [/8019/, /two things/] },
  { what: 'a secret that is none', args: site('-e', 'site_ajp_secret=geheim'), code: 2, says: [/site_ajp_secret is too short/] },
  { what: 'more nodes than DeltaManager is good for', args: site('-e', 'session_clustering_maximum_nodes=1'), code: 2, says: [/DeltaManager sends every change/, /BackupManager/] },
  { what: 'Tomcat and Apache on one port', args: site('-e', 'tomcat_connector=http', '--role', 'apache-modjk'), code: 2, says: [/9090/, /tomcat_connector: ajp/] },
  { what: 'a sudoers file that sudo would skip', args: site('-e', 'users_sudo_file=/etc/sudoers.d/gaia3d.conf'), code: 2, says: [/dot/, /gaia3d\.conf/] },
  { what: 'a group of nodes that is empty', args: site('-e', 'site_tomcat_group=tomcats'), code: 2, says: [/'tomcats' has no host/] },
  { what: 'a container that is not there', args: ['site.yml', '-i', 'inventory', '-i', 'lab/inventories/third-node.yml', '-l', 'apache-tomcat3'], code: 4, says: [/apache-tomcat3/, /UNREACHABLE/] },
  { what: 'extra variables that are no variables', args: site('-e', 'site_admin_ajp_port'), code: 5, says: [/site_admin_ajp_port/] },
]

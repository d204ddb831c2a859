/** What is said of filters, tests and lookups that do not exist here. */
import { fault } from '../core/errors.ts'
import { nearest } from '../core/near.ts'
import type { Loc } from '../core/types.ts'

/** Short names that Ansible itself leads to collections. */
const led = new Set(`json_query random_mac k8s_config_resource_name parse_cli parse_cli_textfsm parse_xml type5_pw hash_salt comp_type5 vlan_parser gcp_kms_encrypt gcp_kms_decrypt
  cidr_merge ipmath ipwrap ip4_hex ipsubnet next_nth_usable network_in_network network_in_usable reduce_on_network nthhost previous_nth_usable slaac hwaddr macaddr
  cartesian chef_databag conjur_variable consul_kv credstash dig dnstxt etcd hashi_vault hiera keyring lastpass lmdb_kv manifold nios nios_next_ip nios_next_network onepassword
  onepassword_raw passwordstore rabbitmq redis shelvefile openshift k8s mongodb laps_password aws_account_attribute aws_secret aws_service_ip_ranges aws_ssm`.split(/\s+/))
/** `file`: where it is written in Python. Names with a collection in front are no misspellings: roles of collections name plugins that come with them. */
export function absentPlugin(kind: 'filter' | 'test' | 'lookup', name: string, known: Iterable<string>, loc: Loc | undefined, file?: string): Error {
  if (led.has(name) || /^(?!ansible\.)\w+\.\w+\.\w+$/.test(name)) return fault('plugin-elsewhere', loc, { kind, name })
  return fault(`unknown-${kind}`, loc, { name, near: nearest(name, [...known]), file })
}

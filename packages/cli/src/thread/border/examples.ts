/** What `--help` teaches by example; each line is run by a test. */
export const borderExamples = `
Examples:
  Form a network, and reach its nodes from this host:
    $ sudo env "PATH=$PATH" selvage thread border home.dataset --form --tun wpan0 --prefix fd11:22::/64

  Join a network that is there, without being its way to everywhere:
    $ sudo env "PATH=$PATH" selvage thread border home.dataset --tun wpan0 --prefix fd11:22::/64 --no-default-route --route 2001:db8::/32

It opens a TUN interface by socat, gives this host the first address of the
prefix and the route to it by ip, and has the leader tell the prefix to every
node. Each node makes itself an address of it: thread status shows one's own,
thread diag all. Then ping, ssh or a browser reach a node as any other host,
and it reaches them where routing allows: to forward between this host's
interfaces too, type sysctl -w net.ipv6.conf.all.forwarding=1 and let the
others have a route back.

What does not pass: link-local and group addresses, the mesh-local prefix,
sources that claim to be on the other side, and the ports by which a mesh
manages itself.

Exit codes: 0 all went well · 64 an option or the dataset cannot be used
  69 the radio, socat or ip cannot be used, or the interface's name is taken
  75 no parent in time · 77 no right to open an interface: run it as root
`;

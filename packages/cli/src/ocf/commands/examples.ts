/** What `--help` teaches by example; each line was run. */
export const discoverExamples = `
Examples:
  What is there, and whose: nobody's (new), this site's (ours), or somebody's
    $ selvage discover

  On a real network, IPv6 included, with the resources of each device:
    $ selvage discover --interface eth0 --resources

  In a script, the addresses of devices without an owner:
    $ selvage discover --unowned --json
`;

export const ownExamples = `
Examples:
  All that have no owner, each by the best method that it offers:
    $ selvage own --all

  One device, whose manufacturer is known, under a name of its own:
    $ selvage own thermostat --trust .selvage/manufacturer/root.pem --name hall

  One that shows a PIN. On a terminal it is asked for; in a script the device
  shows it first:
    $ selvage own door-1 --method random-pin
    $ selvage own door-1 --method random-pin --pin 12345678

  Only devices whose firmware is what their manufacturer says it should be:
    $ selvage own --all --trust .selvage/manufacturer/root.pem --reference good.json

  Its owner can read, set and observe what is owned, and nobody else, until
  selvage grant says so.
`;

export const devicesExamples = `
Examples:
  What this site owns, who may do what with it, and the same for a program:
    $ selvage devices
    $ selvage devices --json
`;

export const useExamples = `
Examples:
    $ selvage get light
    $ selvage get light /switch
    $ selvage set light /switch value=true
    $ selvage set light /dimming dimmingSetting=40
    $ selvage observe light /switch --count 1

  A value is read as what the property holds: true or false, a number, text, or
  JSON.
`;

export const grantExamples = `
Examples:
  A switch may switch a light:
    $ selvage grant switch read,write light /switch
    $ selvage access light
    $ selvage revoke light --who switch

  Whoever has a role, whoever is authenticated, and everybody may read:
    $ selvage grant role:lab.reader read light
    $ selvage grant anyone-authenticated read light
    $ selvage grant anyone read light /switch

  To open a session, two devices need a key of their own, or identity
  certificates:
    $ selvage pair switch light
    $ selvage certify switch
    $ selvage role switch lab.reader
`;

export const credentialExamples = `
Examples:
    $ selvage credentials light
    $ selvage credentials light --delete 4711
`;

export const resetExamples = `
Examples:
  Before a device goes to another owner: it forgets this one
    $ selvage reset light --yes

  It was reset by its button, or is gone for good:
    $ selvage reset light --forget --yes
`;

export const siteExamples = `
Examples:
    $ selvage site --name 'Building 7'
    $ selvage site --trust .selvage/manufacturer/root.pem
    $ selvage site

  Its devices are on a Thread network; from then on every verb is a node of it:
    $ selvage site --dataset home.dataset --radio ether:7
    $ selvage site --no-network
`;

export const siteExitCodes = `
Exit codes: 0 all went well · 64 it cannot be understood, or is not confirmed
  66 no such site, file or entry · 69 no such device, or no method to own it by
  74 the disk · 75 no answer in time, a PIN to come, or a site in use
  76 the device refused · 77 no right, a wrong PIN, or an owner in the way
  130 stopped
`;

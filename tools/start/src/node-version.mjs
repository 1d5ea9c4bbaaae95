/**
 * Says clearly that Node is too old, before anything else is loaded that would say it unclearly. Imported first,
 * and written so that an old Node can still read it.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(
    `Elmetron needs Node.js 20.19 or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'Install a current version from https://nodejs.org, or with nvm: nvm install 22\n',
  );
  process.exit(2);
}

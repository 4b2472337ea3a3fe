// Read by any Node with modules, however old: no newer syntax, and nothing imported that it may lack.
const OLDEST_MAJOR = 20;

if (Number.parseInt(process.versions.node, 10) < OLDEST_MAJOR) {
  process.stderr.write(
    `Pipeline needs Node ${OLDEST_MAJOR} or newer to set itself up, and this is Node ${process.versions.node}: ` +
      'install a newer one and run the same command again.\n',
  );
  process.exit(1);
}

// Runs one test's script with tsdav, the CalDAV client of JavaScript programs: `client` is signed in at the bare host
// name. What it is to do comes on standard input as JSON; what the script returns goes to standard output as JSON.
const tsdav = require("tsdav");
const AsyncFunction = (async () => {}).constructor;

async function main() {
  const { server, login, password, account, script, given } = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const client = await tsdav.createDAVClient({
    serverUrl: server,
    credentials: { username: login, password },
    authMethod: "Basic",
    defaultAccountType: account,
  });
  return new AsyncFunction("client", "tsdav", "given", script)(client, tsdav, given);
}

main().then(
  (result) => process.stdout.write(JSON.stringify(result ?? null)),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);

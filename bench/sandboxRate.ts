import { fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:http";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../test/support/contract/sandboxProcess.ts";
import { figure, type Figure } from "./figure.ts";

const clients = 16;
const milliseconds = 3_000;

/** GETs a second of one server, by 16 clients at once, against a plain Node server that answers as many bytes. */
export async function sandboxRate(): Promise<readonly Figure[]> {
  const sandbox = await startSandbox(["--fleet", "demo"], { ENGRAM_SANDBOX_RECORD: "" });
  const headers = {
    "x-forwarded-host": "management.azure.com",
    "x-sandbox-token": sandbox.token,
    authorization: "Bearer bench",
  };
  const plain = fork(fileURLToPath(new URL("plainServer.ts", import.meta.url)), { stdio: "inherit" });
  try {
    const path = await aServer(sandbox.origin, headers);
    const body = await (await fetch(sandbox.origin + path, { headers })).text();
    plain.send(body);
    const [origin] = (await once(plain, "message")) as [string];
    const baseline = await rate(`${origin}/`, headers);
    const value = await rate(sandbox.origin + path, headers);
    return [
      figure({
        name: `sandbox: requests a second, ${clients} clients`,
        value,
        unit: "1/s",
        baseline,
        goal: 1_000,
        bound: "least",
      }),
    ];
  } finally {
    plain.kill();
    await sandbox.stop();
  }
}

type Headers = Readonly<Record<string, string>>;

async function aServer(origin: string, headers: Headers): Promise<string> {
  const get = async (path: string): Promise<{ value: { id: string; subscriptionId: string }[] }> =>
    (await (await fetch(origin + path, { headers })).json()) as { value: { id: string; subscriptionId: string }[] };
  const { value } = await get("/subscriptions?api-version=2022-12-01");
  const version = "api-version=2025-08-01";
  const found = await get(
    `/subscriptions/${value[0]?.subscriptionId}/providers/Microsoft.DBforPostgreSQL/flexibleServers?${version}`,
  );
  return `${found.value[0]?.id}?${version}`;
}

async function rate(url: string, headers: Headers): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const start = performance.now();
  const end = start + milliseconds;
  let count = 0;
  const client = async (): Promise<void> => {
    for (; performance.now() < end; count++) await get(url, headers, agent);
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return (count * 1000) / (performance.now() - start);
}

function get(url: string, headers: Headers, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent }, (answer) => answer.resume().once("end", resolve))
      .once("error", reject)
      .end();
  });
}

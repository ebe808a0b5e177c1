/** Posts an update every few milliseconds, as Telegram would, and tells at the end how long each answer took. */
const [port, everyMs] = process.argv.slice(2);
const waits: number[] = [];
let stopped = false;
let updateId = 1;
process.on("message", () => {
  stopped = true;
});

async function post(): Promise<void> {
  const start = performance.now();
  const update = {
    update_id: updateId++,
    message: { message_id: 1, date: 1, text: "/top", chat: { id: 1, type: "private" } },
  };
  const response = await fetch(`http://127.0.0.1:${port}/telegram`, {
    method: "POST",
    headers: { "content-type": "application/json", "X-Telegram-Bot-Api-Secret-Token": "secret-of-a-bench" },
    body: JSON.stringify(update),
  });
  await response.arrayBuffer();
  if (response.status === 200) waits.push(performance.now() - start);
}

// What the first calls cost is the client's own warming up.
for (let n = 0; n < 20; n += 1) await post();
waits.length = 0;
process.send?.({ ready: true });
const calls: Promise<void>[] = [];
while (!stopped) {
  calls.push(post());
  await new Promise((resolve) => setTimeout(resolve, Number(everyMs)));
}
await Promise.all(calls);
process.send?.({ waits });

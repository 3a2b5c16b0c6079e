// Talks to the bot on this machine: JSON calls and the stream of events.

/** What went wrong with a call, in plain words; `again` says whether the same call may be made again. */
export class CallError extends Error {
  /** @param {string} message @param {boolean} again */
  constructor(message, again) {
    super(message);
    this.again = again;
  }
}

/** @param {string} path @param {object} [body]  with a body it is a POST */
export async function call(path, body) {
  let response;
  try {
    response = await fetch(path, body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new CallError("The bot does not answer. Is it still running?", true);
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  throw new CallError(answer.message || `The bot answered ${response.status}.`, response.status >= 500);
}

/**
 * One thing a person did. Made once and sent as often as it takes: the same id is the same act.
 * @param {{user: string, conversation: string, message?: string}} where
 * @param {object} what  kind and its parts
 */
export const makeAct = (where, what) => ({ as: "rampcheck.local/1", id: crypto.randomUUID(), ...where, ...what });

/** @param {object} act */
export const sendAct = (act) => call("/local/act", act);

/** Events for one person from a point on; the browser reconnects by itself, `dead` is called when it gives up. */
export class Events {
  /** @param {string} user @param {string} since @param {Record<string, (data: any) => void>} listeners */
  constructor(user, since, listeners) {
    const query = new URLSearchParams({ user, since });
    this.source = new EventSource(`/local/events?${query}`);
    for (const [name, listen] of Object.entries(listeners)) {
      if (name === "open") this.source.onopen = listen;
      else if (name === "error") this.source.onerror = () => listen(this.source.readyState === EventSource.CLOSED);
      else this.source.addEventListener(name, (event) => listen(JSON.parse(event.data)));
    }
  }

  close() {
    this.source.close();
  }
}

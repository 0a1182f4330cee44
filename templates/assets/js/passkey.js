// Forms that a passkey fills: `data-passkey="create"` with its options, `data-passkey="get"` with where to ask for them.
// What goes wrong is said in the form's `data-problem`, in the words that the form has for it.

const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

function encode(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

const described = (list) => (list ?? []).map((one) => ({ ...one, id: decode(one.id) }));

async function create(form) {
  const options = JSON.parse(form.dataset.options);
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: decode(options.challenge),
      user: { ...options.user, id: decode(options.user.id) },
      excludeCredentials: described(options.excludeCredentials),
    },
  });
  return sent(made, {
    attestationObject: encode(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

async function get(form) {
  const options = await asked(form);
  const used = await navigator.credentials.get({
    publicKey: { ...options, challenge: decode(options.challenge), allowCredentials: described(options.allowCredentials) },
  });
  const { authenticatorData, signature, userHandle } = used.response;
  return sent(used, {
    authenticatorData: encode(authenticatorData),
    signature: encode(signature),
    userHandle: userHandle ? encode(userHandle) : null,
  });
}

function sent(credential, response) {
  const id = encode(credential.rawId);
  return { id, rawId: id, type: credential.type, response: { clientDataJSON: encode(credential.response.clientDataJSON), ...response } };
}

class Refused extends Error {}

async function asked(form) {
  const answer = await fetch(form.dataset.challenge, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content,
    },
    body: "{}",
  });
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.message);
  return body;
}

function problem(form, error) {
  if (error instanceof Refused) return error.message;
  if (error.name === "InvalidStateError") return form.dataset.known ?? form.dataset.failed;
  if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
  return form.dataset.failed;
}

function say(form, text) {
  const place = form.querySelector("[data-problem]");
  place.hidden = !text;
  place.querySelector("span").textContent = text;
}

// A box that stands above two forms is ticked for both.
function addBox(form) {
  const box = document.getElementById(form.dataset.withBox);
  if (!box?.checked) return;
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: box.name, value: box.value });
  form.append(field);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    form.setAttribute("aria-busy", "true");
    say(form, "");
    try {
      form.elements.credential.value = JSON.stringify(await (form.dataset.passkey === "create" ? create(form) : get(form)));
      addBox(form);
      form.requestSubmit();
    } catch (error) {
      say(form, problem(form, error));
    }
    form.removeAttribute("aria-busy");
    busy = false;
  });
}

if (!window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-needs-passkeys]")) part.hidden = true;
  for (const part of document.querySelectorAll("[data-without-passkeys]")) part.hidden = false;
}

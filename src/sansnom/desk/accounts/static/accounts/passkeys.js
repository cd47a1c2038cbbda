// Passkeys: asks the browser to make or show one, and sends its answer with the form. The desk checks it.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function answered(kind, told) {
  const options = { ...told.publicKey, challenge: bytes(told.publicKey.challenge) };
  if (kind === "create") {
    options.user = { ...options.user, id: bytes(options.user.id) };
    options.excludeCredentials = known(options.excludeCredentials);
    const made = await navigator.credentials.create({ publicKey: options });
    return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {},
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) } };
  }
  options.allowCredentials = known(options.allowCredentials);
  const shown = await navigator.credentials.get({ publicKey: options });
  return { id: shown.id, rawId: text(shown.rawId), type: shown.type, clientExtensionResults: {},
    response: { clientDataJSON: text(shown.response.clientDataJSON), authenticatorData: text(shown.response.authenticatorData), signature: text(shown.response.signature) } };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const failed = form.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const told = JSON.parse(document.getElementById("passkey-options").textContent);
      form.elements.answer.value = JSON.stringify(await answered(form.dataset.passkey, told));
      form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}

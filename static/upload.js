// While a file is sent: how far it is, and before that, whether it is too large. Without this the form is sent as ever.
(() => {
  "use strict";
  const MEGABYTE = 1024 * 1024;
  const part = (form, name) => form.querySelector(`[data-${name}]`);
  const chosen = (form) => form.querySelector("input[type=file]").files[0];

  const refuse = (form, text) => { part(form, "refusal").textContent = text; };

  const tooLarge = (form) => {
    const file = chosen(form), limit = Number(form.dataset.limit);
    if (!file || !limit || file.size <= limit) return false;
    const size = Math.ceil(file.size / MEGABYTE * 10) / 10, most = Math.floor(limit / MEGABYTE);
    refuse(form, `${file.name} has ${size} MB; at most ${most} MB are taken. Send it in parts, or as a smaller file.`);
    return true;
  };

  const show = (form, percent) => {
    form.querySelector("progress").value = percent;
    // Read aloud at each quarter, not at each step.
    const said = part(form, "said"), quarter = Math.floor(percent / 25) * 25;
    const words = percent >= 100 ? "Sent. Being looked at." : `${quarter} % sent.`;
    if (said.textContent !== words) said.textContent = words;
  };

  const ended = (form, busy) => {
    part(form, "sending").hidden = !busy;
    for (const button of form.querySelectorAll("button")) button.disabled = busy;
  };

  // USWDS dresses file fields once, when a page is loaded: those of a page that takes another's place get the dress of the
  // ones that were there, emptied.
  const dress = (main, before) => {
    for (const plain of main.querySelectorAll("input[type=file]")) {
      const worn = [...before.querySelectorAll("input[type=file]")].find((one) => one.id === plain.id);
      const dressed = worn && worn.closest(".usa-file-input");
      if (!dressed || dressed === worn) continue;
      for (const name of ["aria-describedby", "aria-invalid"]) {
        if (plain.hasAttribute(name)) worn.setAttribute(name, plain.getAttribute(name));
      }
      plain.replaceWith(dressed);
      worn.value = "";
      worn.dispatchEvent(new Event("change", { bubbles: true }));
    }
  };

  // The page that came back says what is wrong: it takes this one's place, and what it says is read out.
  const take = (form, text) => {
    const main = new DOMParser().parseFromString(text, "text/html").querySelector("main");
    if (!main) {
      ended(form, false);
      refuse(form, "The file was not taken. Try again; if it stays so, send a smaller file.");
      return;
    }
    const before = document.querySelector("main");
    before.replaceWith(main);
    dress(main, before);
    const alert = main.querySelector(".usa-alert, .usa-error-message:not(:empty)") || main.querySelector("h1");
    alert.tabIndex = -1;
    alert.focus();
    alert.scrollIntoView({ block: "center" });
  };

  const send = (form) => {
    const call = new XMLHttpRequest(), there = form.action;
    refuse(form, "");
    part(form, "name").textContent = chosen(form).name;
    show(form, 0);
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) show(form, Math.floor(event.loaded / event.total * 100));
    });
    call.addEventListener("load", () => {
      if (call.responseURL && call.responseURL !== there) window.location.assign(call.responseURL);
      else take(form, call.responseText);
    });
    call.addEventListener("error", () => {
      ended(form, false);
      refuse(form, "The connection broke off, and nothing was kept. Send the file again.");
    });
    call.open("POST", there);
    call.send(new FormData(form));
    ended(form, true);
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (form && event.target.type === "file" && !tooLarge(form)) refuse(form, "");
  });

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form || !chosen(form)) return;
    event.preventDefault();
    if (!tooLarge(form)) send(form);
  });
})();

// A bar, a line of numbers and a button.  A kernel that trains hears nothing but an interrupt, so the button has the
// server interrupt it; a kernel in the browser looks whether its lifeline is still there.

function interrupt(kernel) {
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  const xsrf = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1];
  const headers = { "X-XSRFToken": xsrf ?? "" };
  if (config.token) headers.Authorization = `token ${config.token}`;
  return fetch(`${config.baseUrl ?? "/"}api/kernels/${kernel}/interrupt`, { method: "POST", headers });
}

function render({ model, el }) {
  const bar = element("progress", { max: 1 });
  bar.setAttribute("aria-label", "Progress");
  const button = element("button", { type: "button", textContent: "Stop" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Stopping after this epoch";
    const lifeline = model.get("lifeline");
    if (lifeline) {
      URL.revokeObjectURL(lifeline);
      return;
    }
    const answer = await interrupt(model.get("kernel")).catch(() => null);
    if (!answer?.ok) button.textContent = "To stop, use the notebook's own command: Interrupt";
  });
  const status = liveLine();
  const root = frameOf("Training", [element("div", { className: "nb-row" }, [bar, button]), status]);
  const showStill = hideStill(model);

  function show() {
    const state = model.get("state");
    bar.value = state.share;
    status.textContent = state.status;
    button.hidden = !state.running;
  }

  model.on("change:state", show);
  show();
  el.append(root);
  return () => {
    showStill();
    model.off("change:state", show);
  };
}

export default { render };

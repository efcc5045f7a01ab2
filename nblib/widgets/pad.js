// A canvas to draw on by mouse, finger or keyboard, the 8 × 8 picture that the network sees, and ten bars.

const SIZE = 280; // the canvas, in the units of the strokes
const PEN = 20;
const STEP = 8; // one press of an arrow key

function digitPicture() {
  const canvas = element("canvas", { width: 8, height: 8, className: "nb-pixels" });
  canvas.setAttribute("role", "img");
  return {
    canvas,
    show(pixels) {
      const context = canvas.getContext("2d");
      pixels.forEach((count, place) => {
        const grey = Math.round(255 * (1 - count / 16));
        context.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
        context.fillRect(place % 8, Math.floor(place / 8), 1, 1);
      });
      const rows = Array.from({ length: 8 }, (_, row) => pixels.slice(8 * row, 8 * row + 8).join(" "));
      canvas.setAttribute("aria-label", `What the network sees, 8 by 8 pixels from 0 to 16: ${rows.join("; ")}`);
    },
  };
}

function bars() {
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const fill = element("div", { className: "nb-fill" });
    const number = element("span", { className: "nb-value" });
    const name = element("span", { textContent: digit });
    return { name, fill, number, track: element("div", { className: "nb-track" }, [fill]) };
  });
  const chart = element("div", { className: "nb-bars" }, rows.flatMap((row) => [row.name, row.track, row.number]));
  chart.setAttribute("role", "img");
  return {
    chart,
    show(outputs) {
      const best = outputs == null ? -1 : outputs.indexOf(Math.max(...outputs));
      rows.forEach(({ name, fill, number }, digit) => {
        const value = outputs == null ? null : outputs[digit];
        fill.style.width = `${100 * Math.min(Math.max(value ?? 0, 0), 1)}%`;
        number.textContent = value == null ? "–" : value.toFixed(2);
        for (const part of [name, fill, number]) part.classList.toggle("nb-best", digit === best);
      });
      const told = rows.map(({ number }, digit) => `${digit}: ${number.textContent}`).join(", ");
      chart.setAttribute("aria-label", outputs == null ? "The ten outputs: none yet" : `The ten outputs: ${told}`);
    },
  };
}

function render({ model, el }) {
  const spec = model.get("spec");
  const root = frameOf(spec.title, []);
  const status = liveLine();
  const line = questions(model, root, (sentence) => (status.textContent = sentence));
  let strokes = [];
  const START = { x: SIZE / 2, y: SIZE / 4, down: false };
  const pen = { ...START };
  let pointer = null; // the mouse button or finger that draws
  let given = null; // pixels of a digit of the data set

  const canvas = element("canvas", { width: 2 * SIZE, height: 2 * SIZE, className: "nb-canvas", tabIndex: 0 });
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "Drawing area: arrow keys move the pen, Space puts it down or lifts it");
  const context = canvas.getContext("2d");
  const penLine = element("p", { className: "nb-hint", textContent: "The pen is up." });
  penLine.setAttribute("aria-live", "polite");

  function paint() {
    context.setTransform(2, 0, 0, 2, 0, 0);
    context.fillStyle = "white";
    context.fillRect(0, 0, SIZE, SIZE);
    if (given !== null) {
      // A digit of the data set has no strokes, only its 64 numbers: pale, because the drawing starts afresh.
      given.forEach((count, place) => {
        context.fillStyle = `rgba(0, 0, 0, ${(0.55 * count) / 16})`;
        context.fillRect(30 + 27.5 * (place % 8), 30 + 27.5 * Math.floor(place / 8), 27.5, 27.5);
      });
    }
    context.strokeStyle = context.fillStyle = "black";
    Object.assign(context, { lineWidth: PEN, lineCap: "round", lineJoin: "round" });
    for (const stroke of strokes) {
      context.beginPath();
      stroke.forEach(([x, y], place) => (place ? context.lineTo(x, y) : context.moveTo(x, y)));
      // A single point is drawn as a dot.
      if (stroke.length === 1) context.lineTo(stroke[0][0] + 0.01, stroke[0][1]);
      context.stroke();
    }
    if (document.activeElement === canvas || canvas.getRootNode().activeElement === canvas) {
      Object.assign(context, { lineWidth: 3, strokeStyle: pen.down ? "#D55E00" : "#0072B2" });
      context.beginPath();
      context.arc(pen.x, pen.y, PEN / 2 + 2, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  function send() {
    paint();
    line.ask({ kind: "draw", strokes });
  }

  function begin(point) {
    given = null;
    strokes = [...strokes, [point]];
    send();
  }

  function extend(points) {
    strokes = [...strokes.slice(0, -1), [...strokes.at(-1), ...points]];
    send();
  }

  function lift() {
    pen.down = false;
    penLine.textContent = "The pen is up.";
  }

  // Mouse, finger, stylus.
  function place(event) {
    const box = canvas.getBoundingClientRect();
    const within = (value) => Math.round(10 * Math.min(Math.max(value, 0), SIZE)) / 10;
    return [
      within(((event.clientX - box.left) * SIZE) / box.width),
      within(((event.clientY - box.top) * SIZE) / box.height),
    ];
  }
  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button !== 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    lift();
    begin(place(event));
    [pen.x, pen.y] = place(event);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    const all = event.getCoalescedEvents?.() ?? [];
    const points = (all.length ? all : [event]).map(place);
    [pen.x, pen.y] = points.at(-1);
    extend(points);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId === pointer) pointer = null;
    });
  }

  // Keyboard.
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const releaseKeys = takeKeys(root, (event) => {
    if (event.target !== canvas) return false;
    if (event.key === " ") {
      if (event.repeat) return true;
      pen.down = !pen.down;
      penLine.textContent = pen.down ? "The pen is down." : "The pen is up.";
      if (pen.down) begin([pen.x, pen.y]);
      else paint();
      return true;
    }
    const step = ARROWS[event.key];
    if (step === undefined) return false;
    const within = (value) => Math.min(Math.max(value, 0), SIZE);
    pen.x = within(pen.x + STEP * step[0]);
    pen.y = within(pen.y + STEP * step[1]);
    if (pen.down) extend([[pen.x, pen.y]]);
    else paint();
    return true;
  });
  canvas.addEventListener("focus", paint);
  canvas.addEventListener("blur", paint);

  function button(text, click, label = text) {
    const made = element("button", { type: "button", textContent: text });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", click);
    return made;
  }
  const erase = button("Clear", () => {
    strokes = [];
    given = null;
    Object.assign(pen, START);
    lift();
    send();
  });
  const undo = button("Undo", () => {
    strokes = strokes.slice(0, -1);
    lift();
    send();
  }, "Undo the last stroke");

  function presets(name, entries) {
    const row = element("div", { className: "nb-row", hidden: entries.length === 0 }, [
      element("span", { textContent: `${name}:` }),
      ...entries.map(([text, index]) =>
        button(text, () => {
          strokes = [];
          lift();
          line.ask({ kind: "choose", index });
        }),
      ),
    ]);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", name);
    return row;
  }

  const seen = digitPicture();
  const outputs = bars();
  root.append(
    element("p", { className: "nb-title", textContent: spec.title }),
    element("div", { className: "nb-pad" }, [
      element("div", {}, [
        canvas,
        element("div", { className: "nb-row" }, [erase, undo, penLine]),
        element("p", {
          className: "nb-hint",
          textContent: "Draw with the mouse or a finger. With the keyboard: arrow keys move the pen, Space puts it down or lifts it.",
        }),
      ]),
      element("div", {}, [element("p", { textContent: "What the network sees" }), seen.canvas]),
      element("div", { className: "nb-outputs" }, [element("p", { textContent: "Its ten outputs" }), outputs.chart, status]),
    ]),
    presets("Digits of the data set that it reads right", spec.right),
    presets("Digits of the data set that it reads wrong", spec.wrong),
  );
  const showStill = hideStill(model);

  function show() {
    const reply = model.get("reply");
    line.heard(reply);
    // A drawing that goes on is the hand's; any other comes from the kernel.
    if (reply.view !== line.view || (strokes.length === 0 && !line.waiting())) {
      strokes = reply.strokes;
      given = strokes.length === 0 && reply.pixels.some(Boolean) ? reply.pixels : null;
    }
    seen.show(reply.pixels);
    outputs.show(reply.outputs);
    status.textContent = reply.status;
    status.classList.toggle("nb-failed", Boolean(reply.failed));
    paint();
    line.painted(reply);
  }

  model.on("change:reply", show);
  el.append(root);
  show();
  return () => {
    line.end();
    releaseKeys();
    showStill();
    model.off("change:reply", show);
  };
}

export default { render };

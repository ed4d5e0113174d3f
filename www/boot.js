// Starts the page: the theme first, so that nothing flashes, then the program, then the offline copy.
try {
  const theme = localStorage.getItem('monteverdi.theme');
  if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
} catch {
  // A forbidden store: the system's preference holds.
}

function explain(text) {
  const paragraph = document.createElement('p');
  paragraph.textContent = text;
  (document.getElementById('shell') ?? document.body).append(paragraph);
}

try {
  const { default: start } = await import('./app.js');
  await start();
} catch (error) {
  explain(
    `Monteverdi could not start in this browser (${error}). It needs WebAssembly with SIMD: any Chrome, Edge or Firefox since 2021, or Safari since 16.4.`,
  );
  throw error;
}

// The charts, the sound, what makes files, and the panels in which the user says how files are read and what is asked of a server, are
// programs of their own, fetched when they are asked for.
for (const name of ['charts', 'sound', 'export', 'mapping', 'connect']) {
  let program;
  document.addEventListener(`monteverdi-${name}`, async ({ detail }) => {
    try {
      program ??= import(`./${name}.js`).then(async (fetched) => {
        await fetched.default();
        return fetched;
      });
      (await program).open(...detail);
    } catch (error) {
      explain(`A part of the page (${name}) does not work: ${error}. Load the page again, or look whether the network is there.`);
    }
  });
}

if ('serviceWorker' in navigator) {
  // Without it (a private window, an address without TLS) the page works as well, only not offline.
  navigator.serviceWorker.register('./sw.js').catch(() => {});
}

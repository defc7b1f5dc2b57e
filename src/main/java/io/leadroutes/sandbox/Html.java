package io.leadroutes.sandbox;

import java.util.Locale;

/** Escaping, and the frame of the sandbox's pages for people. */
final class Html {

  private static final String FRAME =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>%1$s</title>
      <noscript><meta http-equiv="refresh" content="2"></noscript>
      <style>
      :root { color-scheme: light dark; --ink: #1d1c1d; --dim: #616061; --line: #e3e3e6;
        --ground: #f6f6f8; --paper: #fff; --accent: %3$s; --fresh: #fff6d6; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e8e8ea; --dim: #a3a3a9;
        --line: #36373c; --ground: #17181b; --paper: #202126; --fresh: #3b3520; } }
      * { box-sizing: border-box }
      body { margin: 0; background: var(--ground); color: var(--ink);
        font: 15px/1.5 system-ui, sans-serif; }
      header { background: var(--accent); color: #fff; padding: 14px 24px; display: flex;
        align-items: baseline; gap: 12px; flex-wrap: wrap; }
      header h1 { font-size: 18px; margin: 0; font-weight: 650; }
      header span { opacity: .85; font-size: 13px; }
      main { max-width: 1180px; margin: 20px auto 48px; padding: 0 20px; }
      .paper { background: var(--paper); border: 1px solid var(--line); border-radius: 10px;
        overflow-x: auto; }
      .numbers { display: flex; gap: 28px; margin: 0 0 16px; flex-wrap: wrap; }
      .numbers b { font-size: 22px; font-variant-numeric: tabular-nums; margin-right: 6px; }
      .dim { color: var(--dim); }
      .none { padding: 40px 20px; text-align: center; color: var(--dim); }
      @keyframes fresh { from { background: var(--fresh) } to { background: transparent } }
      .fresh { animation: fresh 4s ease-out; }
      %4$s</style>
      </head>
      <body>
      <header><h1>%1$s</h1><span>%2$s</span></header>
      <main>
      %5$s</main>
      <script>
      const known = () => new Set([...document.querySelectorAll('[data-id]')].map(e => e.dataset.id));
      setInterval(async () => {
        if (document.hidden || String(getSelection())) return;
        try {
          const text = await (await fetch('/', {cache: 'no-store'})).text();
          const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
          const before = known();
          document.querySelector('main').replaceWith(next);
          document.querySelectorAll('[data-id]').forEach(e => {
            if (!before.has(e.dataset.id)) e.classList.add('fresh');
          });
        } catch (unreachable) { /* stopped: the page keeps what it shows */ }
      }, 2000);
      </script>
      </body>
      </html>
      """;

  private Html() {}

  /** Returns a whole page; the texts are escaped here, style and content must be HTML already. */
  static String page(String title, String line, String accent, String style, String content) {
    return String.format(Locale.ROOT, FRAME, escape(title), escape(line), accent, style, content);
  }

  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }

  static String number(long number, String label) {
    return "<div><b>" + number + "</b><span class=\"dim\">" + escape(label) + "</span></div>\n";
  }
}

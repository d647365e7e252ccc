"""A hand on a phone: one page of the client, driven as a person would, and what went wrong on it meanwhile."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect

from infra.demo import eyes
from infra.demo.people import Client, Stage

WIDTH, HEIGHT = 390, 844
KEYS_MAX = 40
# What the browser itself logs of an answer that the page expects and tells.
EXPECTED = "Failed to load resource"
TELL_VIOLATIONS = (
    "addEventListener('securitypolicyviolation', (e) => console.error('CSP', e.violatedDirective, e.blockedURI))"
)
KEEP = "if (!localStorage['nanhai.device']) Object.assign(localStorage, %s)"


@dataclass
class Phone:
    """A browser of its own; `faults` must stay empty on every page."""

    stage: Stage
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, page: str = "") -> Page:
        """The client at "#/<page>", once it has all that it waits for."""
        self.page.goto(f"{self.stage.base}/portal/#/{page}")
        self.settle()
        return self.page

    def settle(self) -> None:
        expect(self.page.locator("#main[aria-busy=false]")).to_be_visible()

    def reach(self, target: Locator) -> None:
        """Tabs to `target`, which must be reachable from where the focus is."""
        for _ in range(KEYS_MAX):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"no key leads to {target}")

    def write(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.type(text)

    def press(self, button: str) -> None:
        self.reach(self.page.get_by_role("button", name=button, exact=True))
        self.page.keyboard.press("Enter")

    def token(self) -> str:
        """The text of the one QR code on the screen, as an independent decoder reads its picture."""
        return eyes.read(self.page.screenshot())

    def expect_pass(self, word: str) -> None:
        """The pass with this word, its QR drawn."""
        expect(self.page.locator(".pass .word")).to_have_text(word)
        expect(self.page.locator(".pass .qr svg")).to_be_visible()


def take(browser: Browser, stage: Stage, owner: Client | None, locale: str) -> Phone:
    """A new phone; with `owner`, somebody is signed in on it already."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2, locale=locale, permissions=["camera"]
    )
    context.add_init_script(TELL_VIOLATIONS)
    if owner is not None:
        context.add_init_script(KEEP % json.dumps(_kept(owner)))
    phone = Phone(stage, context, context.new_page())
    _watch(phone)
    return phone


def _kept(owner: Client) -> dict[str, str]:
    return {"nanhai.device": owner.device, "nanhai.session": json.dumps(owner.tokens)}


def _watch(phone: Phone) -> None:
    def asked(request: Request) -> None:
        if not request.url.startswith(f"{phone.stage.base}/"):
            phone.faults.append(f"a request to {request.url}")

    def logged(kind: str, text: str) -> None:
        if kind in {"error", "warning"} and EXPECTED not in text:
            phone.faults.append(text)

    phone.page.on("request", asked)
    phone.page.on("console", lambda message: logged(message.type, message.text))
    phone.page.on("pageerror", lambda error: phone.faults.append(str(error)))

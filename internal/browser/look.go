package browser

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"sync"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Wide makes the screen that of a desk.
func (b *Tab) Wide() {
	b.T.Helper()
	b.size = "wide"
	b.do(chromedp.EmulateViewport(1280, 900))
}

// Phone makes the screen that of a phone.
func (b *Tab) Phone() {
	b.T.Helper()
	b.size = "phone"
	b.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
}

var axe = sync.OnceValues(func() (string, error) {
	text, err := os.ReadFile(axePath)
	return string(text), err
})

var axePath string

// Axe fails the test for every violation of WCAG 2.2 A and AA that axe finds with everything unfolded, and where the
// page scrolls sideways.
func (b *Tab) Axe() {
	b.T.Helper()
	if axePath == "" {
		axePath = filepath.Join(root(b.T), "internal", "web", "ui", "testdata", "axe.min.js")
	}
	text, err := axe()
	if err != nil {
		b.T.Fatal(err)
	}
	b.do(chromedp.Evaluate[chromedp.Void](text + ";void 0"))
	found := Eval[[]string](b, `(document.querySelectorAll('details').forEach(d => d.open = !d.matches('.menu')),
		axe.run(document, {resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r =>
			r.violations.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target + ' ' + n.failureSummary))))`)
	for _, f := range found {
		b.T.Errorf("%s, %s: %s", b.At(), b.size, f)
	}
	if over := Eval[int](b, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		b.T.Errorf("%s, %s: scrolls %d px sideways", b.At(), b.size, over)
	}
	b.quiet()
}

// Shot writes a picture of the whole page into the folder that PLUMBLINE_SHOTS names, if it names one.
func (b *Tab) Shot(name string) {
	b.T.Helper()
	folder := os.Getenv("PLUMBLINE_SHOTS")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, name+"-"+b.size+".png"), png, 0o644)
	}
	if err != nil {
		b.T.Fatal(err)
	}
}

// Sheets prints the page on A4 and gives the number of sheets.
func (b *Tab) Sheets() int {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	paper, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69})
	if err != nil {
		b.T.Fatal(err)
	}
	return len(sheet.FindAll(paper.Data, -1))
}

var sheet = regexp.MustCompile(`/Type\s*/Page\b`)

// Each opens the page in both languages, wide and on a phone, and looks at it: Axe, and a picture of that name.
func (b *Tab) Each(path, name string) {
	b.T.Helper()
	for _, lang := range []string{"zh", "en"} {
		b.Lang(lang)
		for _, screen := range []func(){b.Wide, b.Phone} {
			screen()
			b.Visit(path)
			b.Axe()
			b.Shot(name + "-" + lang)
		}
	}
	b.Wide()
}

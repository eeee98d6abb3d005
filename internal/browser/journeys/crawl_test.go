// Package journeys walks through the demonstration's city as its people do: every page that a role can reach, and the
// work of a year by hand.
package journeys_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/net/html"

	"plumbline/internal/browser"
	"plumbline/internal/demo"
	"plumbline/internal/web"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// perRole bounds how many pages of one role are read, perPattern how many of one route; perBrowser how many builds of
// one route the browser opens.
const perRole, perPattern, perBrowser = 250, 3, 1

// crawl reads the pages of one city in one language.
type crawl struct {
	t      *testing.T
	site   *browser.Site
	lang   string
	routes *http.ServeMux
	shapes map[string]bool // builds of pages that the browser has seen
	opened map[string]int  // how many of a route
	looked map[string]bool // routes that axe has seen
	seen   map[string]bool // routes that anybody has reached
}

// page is one answer, taken apart.
type page struct {
	path, pattern string
	doc           *html.Node
	links         []string
	headings      int
	title, shape  string
	words         []string // what a reader sees, text by text
	labels        []string // the words of headings, buttons and labels: the program's own, except what is marked as another language
}

// Every page that somebody of the cast reaches by links stands: in Chinese on a desk, in English on a phone.
func TestEveryLinkOfEveryRole(t *testing.T) {
	for _, view := range []struct{ lang, screen string }{{"zh", "wide"}, {"en", "phone"}} {
		t.Run(view.lang, func(t *testing.T) {
			site, links := browser.City(t, view.lang)
			c := &crawl{t: t, site: site, lang: view.lang, routes: http.NewServeMux(), shapes: map[string]bool{}, opened: map[string]int{}, looked: map[string]bool{}, seen: map[string]bool{}}
			for _, r := range web.Routes() {
				c.routes.HandleFunc(r.Method+" "+r.Pattern, func(http.ResponseWriter, *http.Request) {})
			}
			for _, l := range links {
				begun := time.Now()
				news := c.read(l)
				read := time.Since(begun)
				tab := site.By(l.Path)
				tab.Lang(view.lang)
				if view.screen == "phone" {
					tab.Phone()
				}
				for _, p := range news {
					c.look(tab, l, p)
				}
				t.Logf("%s: read in %v, %d looked at in %v", l.Role["en"], read.Round(time.Millisecond), len(news), (time.Since(begun) - read).Round(time.Millisecond))
			}
			c.unreached()
		})
	}
}

// read follows the links of one person breadth-first and gives the pages whose like the browser has not seen yet.
func (c *crawl) read(l demo.Link) (news []page) {
	c.t.Helper()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Timeout: 20 * time.Second}
	root, _ := url.Parse(c.site.URL())
	jar.SetCookies(root, []*http.Cookie{{Name: "plumbline_lang", Value: c.lang, Path: "/"}})
	if r, err := client.Get(c.site.URL() + l.Path); err != nil || r.StatusCode != 200 {
		c.t.Fatalf("%s does not come in: %v", l.Role["en"], err)
	}
	queue, known, of, read := []string{"/"}, map[string]string{"/": "nothing"}, map[string]int{}, 0
	for len(queue) > 0 && read < perRole {
		path := queue[0]
		queue = queue[1:]
		pattern := c.pattern(path)
		if of[pattern]++; of[pattern] > perPattern {
			continue
		}
		read++
		p, ok := c.get(client, l, path, known[path])
		c.seen[pattern] = true
		if !ok {
			continue
		}
		p.pattern = pattern
		c.judge(l, p)
		if !c.shapes[pattern+p.shape] && c.opened[pattern] < perBrowser {
			c.shapes[pattern+p.shape] = true
			c.opened[pattern]++
			news = append(news, p)
		}
		for _, to := range p.links {
			if known[to] == "" && !c.foreign(to) {
				known[to] = path
				queue = append(queue, to)
			}
		}
	}
	return news
}

// foreign says whether an address asks for a page in the other language: the crawl in that language reads it.
func (c *crawl) foreign(path string) bool {
	to, err := url.Parse(path)
	if err != nil {
		c.t.Fatal(err)
	}
	lang := to.Query().Get("lang")
	return lang != "" && lang != c.lang
}

func (c *crawl) pattern(path string) string {
	r, _ := http.NewRequest("GET", path, nil)
	_, pattern := c.routes.Handler(r)
	return pattern
}

// get fetches one address; ok is false for what is no page.
func (c *crawl) get(client *http.Client, l demo.Link, path, from string) (p page, ok bool) {
	r, err := client.Get(c.site.URL() + path)
	if err != nil {
		c.t.Errorf("%s: %s: %v", l.Role["en"], path, err)
		return p, false
	}
	defer r.Body.Close()
	if r.StatusCode != 200 {
		c.t.Errorf("%s: %s answers %d; the link stands on %s", l.Role["en"], path, r.StatusCode, from)
		return p, false
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "text/html") {
		if n, _ := io.Copy(io.Discard, r.Body); n == 0 {
			c.t.Errorf("%s: %s is empty", l.Role["en"], path)
		}
		return p, false
	}
	doc, err := html.Parse(r.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	p = page{path: path, doc: doc}
	build := map[string]bool{}
	p.walk(doc, r.Request.URL, build)
	var parts []string
	for part := range build {
		parts = append(parts, part)
	}
	slices.Sort(parts)
	p.shape = strings.Join(parts, " ")
	return p, true
}

// walk gathers what the page is made of.
func (p *page) walk(n *html.Node, base *url.URL, build map[string]bool) {
	if n.Type == html.TextNode {
		if text := strings.TrimSpace(n.Data); text != "" {
			p.words = append(p.words, text)
			if own[n.Parent.Data] && text != "中文" && text != "English" {
				p.labels = append(p.labels, text)
			}
		}
		return
	}
	if n.Type == html.ElementNode {
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		switch n.Data {
		case "script", "style", "textarea", "svg":
			return
		case "title":
			p.title = text(n)
		case "h1":
			p.headings++
		case "a":
			if to, err := base.Parse(at["href"]); err == nil && to.Host == base.Host && at["href"] != "" && !strings.HasPrefix(to.Path, "/demo/") {
				to.Fragment = ""
				p.links = append(p.links, to.RequestURI())
			}
		}
		if at["lang"] != "" && n.Data != "html" {
			return // a word in the other language, and marked so
		}
		for _, key := range []string{"aria-label", "title", "placeholder", "alt", "data-confirm"} {
			if at[key] != "" {
				p.words = append(p.words, at[key])
			}
		}
		if at["scope"] == "row" {
			n.Data = "td" // the head of a line is what people wrote
		}
		build[n.Data] = true
		for class := range strings.FieldsSeq(at["class"]) {
			build["."+class] = true
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		p.walk(child, base, build)
	}
}

// own are elements that hold the program's words alone.
var own = map[string]bool{"button": true, "label": true, "th": true, "dt": true, "h2": true, "legend": true, "summary": true, "caption": true}

func text(n *html.Node) string {
	var b strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.WriteString(child.Data)
	}
	return strings.TrimSpace(b.String())
}

// latin are words that stand in Chinese pages as they are.
var latin = regexp.MustCompile(`(?i)^(plumbline|csv|xlsx|docx|pdf|png|jpe?g|json|utf|ical|ics|sha|ed25519|merkle|esc|enter|chromium|linux|windows|mozilla|headlesschrome|gb18030|href|http|https|html)$`)

var word = regexp.MustCompile(`[A-Za-z]{4,}`)

// judge looks at what the page says.
func (c *crawl) judge(l demo.Link, p page) {
	say := func(format string, a ...any) {
		c.t.Helper()
		c.t.Errorf("%s: %s: %s", l.Role["en"], p.path, fmt.Sprintf(format, a...))
	}
	if p.headings != 1 {
		say("%d headings of the first rank", p.headings)
	}
	if p.title == "" {
		say("no title")
	}
	for _, text := range p.words {
		if strings.Contains(text, "⟦") {
			say("a key without words: %s", text)
		}
	}
	for _, text := range p.labels {
		if c.lang == "en" && strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			say("Chinese among the English: %s", text)
		}
		for _, w := range word.FindAllString(text, -1) {
			if c.lang == "zh" && !latin.MatchString(w) {
				say("English among the Chinese: %s", text)
			}
		}
	}
}

// look opens the page in the browser.
func (c *crawl) look(tab *browser.Tab, l demo.Link, p page) {
	tab.Visit(p.path)
	if over := browser.Eval[int](tab, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		c.t.Errorf("%s: %s scrolls %d px sideways", l.Role["en"], p.path, over)
	}
	if !c.looked[p.pattern] {
		c.looked[p.pattern] = true
		tab.Axe()
		tab.Shot(strings.Trim(regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(p.pattern), "-"), "-") + "-" + c.lang)
	}
}

// hidden are the routes to which no link leads as the city stands, and why.
var hidden = map[string]string{
	"GET /healthz":                      "for machines",
	"GET /signin":                       "the way in",
	"GET /setup/{token}":                "the way in",
	"GET /demo/{token}":                 "the way in",
	"GET /search":                       "the box at the top",
	"GET /calendar/{file}":              "for calendars; made on demand",
	"GET /imports/{id}":                 "after an upload",
	"GET /imports/{id}/progress":        "after an upload",
	"GET /cycles/{id}/close":            "when the findings have owners and dates",
	"GET /plans/{id}/edit":              "every plan of the city is in force",
	"GET /plans/{id}/plan.json":         "as that",
	"GET /reports/{id}/edit":            "the reports of the cast are handed in",
	"GET /reports/{id}/checks":          "a part of the page before",
	"GET /reports/{id}/submit":          "as that",
	"GET /reports/{id}/files/{file}":    "no report of the city has a file",
	"GET /matters/{id}/files/{file}":    "no finding of the city has a file",
	"GET /matter-imports/{id}":          "after an upload",
	"GET /matter-imports/{id}/progress": "after an upload",
	"GET /filters/{id}":                 "nobody of the city has saved a filter",
	"GET /matters/{id}/talk/{talk}":     "nobody of the city has commented",
}

// unreached fails for a page to which nobody finds a way.
func (c *crawl) unreached() {
	for _, r := range web.Routes() {
		if p := r.Method + " " + r.Pattern; r.Method == "GET" && !c.seen[p] && hidden[p] == "" {
			c.t.Errorf("nobody reaches %s", p)
		}
	}
}

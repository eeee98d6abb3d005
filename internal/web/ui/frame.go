package ui

import "encoding/json"

// Kind chooses what stands around a page.
type Kind string

// The kinds of frame. The zero Kind is the ordinary page.
const (
	KindApp   Kind = ""      // header, navigation, crumbs, footer
	KindAuth  Kind = "auth"  // one box in the middle: sign-in, first password
	KindStage Kind = "stage" // a screen in a hall: no chrome at all
	KindPrint Kind = "print" // a register on paper
)

// Frame is what every page carries; embed it in the page's struct. Texts are
// already in the reader's language.
type Frame struct {
	Kind    Kind
	Lang    string // "zh" or "en"
	Title   string // the h1 and the window's title
	Sub     string // one line under the title
	Status  *Status
	Path    string  // the address of this page, to come back to after switching language
	Other   string  // the address of this page in the other language, for pages that set no cookie; "" asks the server to switch
	Resend  *Resend // the form that this page answers, to be answered again in the other language; nil for a page that was opened
	Product string  // the product's name in this language
	Office  string  // the office that runs this installation
	Home    string  // "/" when empty

	Crumbs  []Link
	Nav     []NavItem
	Unit    *Switcher // nil: no unit to switch
	Search  *Search   // nil: no search box
	User    *User     // nil: nobody is signed in
	Notices *Link     // leads to what the reader is told; Count is how much of it is unread
	Flash   *Notice
	Primary *Button  // the page's one primary action
	Actions []Button // the few others beside it
	Footer  []Link
	Note    string // at the foot: version, office contact

	ThemeCSS   string // address of the office's own theme, "" for none
	RefreshSec int    // a page that must reload by itself without JavaScript; 0: never
	NowMS      int64  // the server's clock, Unix milliseconds: stage clocks run on it
}

// Resend is a posted form: its address and what stood in it. The language button sends it again with the field "_lang".
// Its fields travel under other names, so that nothing on the page has the name of one of its own boxes twice.
type Resend struct {
	Path   string
	Fields []Pair
}

// Link is a text that leads somewhere.
type Link struct {
	Text, Href string
	Current    bool
	Count      string // a number beside it, already formatted; "" for none
}

// NavItem is one entry of the main navigation.
type NavItem = Link

// Switcher lists the units in which the reader holds a role.
type Switcher struct {
	Current string
	Links   []Link
}

// Search is the search box of the header: a GET form with one field "q".
type Search struct {
	Action, Value, Placeholder string
}

// User is the account menu. Sign-out is a POST to SignOut.
type User struct {
	ID      string // keeps drafts of one person from being offered to another
	Name    string
	Role    string
	Links   []Link
	SignOut string
}

// jsWords hands app.js the few words it says, as JSON for a data attribute.
func jsWords(t Translator) string {
	words := map[string]string{}
	for _, k := range []string{"saving", "saved", "unsaved", "expired", "stale", "offer", "restore", "discard", "ok", "cancel", "copied", "chars"} {
		words[k] = t("ui.js." + k)
	}
	b, _ := json.Marshal(words)
	return string(b)
}

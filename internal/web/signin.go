package web

import (
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sort"
	"strings"

	"plumbline/internal/account"
	"plumbline/internal/fault"
	"plumbline/internal/web/ui"
)

// SignInPage asks who comes. Resume is a form that arrived without a session: it is carried through the sign-in, and
// the next page sends it again.
type SignInPage struct {
	Page
	Notice   *ui.Notice
	Login    ui.Field
	Password ui.Field
	To       string
	Open     string // the pages that need no account, where a ledger is open
	Resume   *Resume
}

// Resume is a posted form on its way through the sign-in.
type Resume struct {
	Path   string
	Fields []ui.Pair
}

// resumeField begins the names under which the fields of a carried form travel.
const (
	resumeField = "f."
	resumePath  = "resume"
)

// secretField names the fields that are never carried along, shown again or kept.
func secretField(name string) bool { return strings.Contains(name, "password") }

func (s *Server) signInPage(c *Ctx) error {
	to := Local(c.Value("to"))
	if c.Actor.SignedIn() {
		return c.Go(to, "")
	}
	return c.renderSignIn(http.StatusOK, &SignInPage{To: to})
}

func (c *Ctx) renderSignIn(status int, p *SignInPage) error {
	p.Kind, p.Title = ui.KindAuth, c.T("signin.title")
	p.Login.Name, p.Login.Label, p.Login.Autocomplete, p.Login.Required = "login", c.T("account.login"), "username", true
	p.Login.Autofocus = p.Login.Value == ""
	p.Password = ui.Field{Type: "password", Name: "password", Label: c.T("account.password"), Autocomplete: "current-password", Required: true,
		Autofocus: p.Login.Value != "", Error: p.Password.Error}
	if open, err := c.srv.Ledgers().Outsides(c.R.Context()); err == nil && len(open) > 0 {
		p.Open = openPages
	}
	return c.RenderStatus(status, "signin", p)
}

// signInAndResume answers a posted form whose session has ended with the sign-in page, which carries the form. A form
// with files can't be carried; it says so.
func (s *Server) signInAndResume(c *Ctx) bool {
	p := &SignInPage{To: Local(refererPath(c.R)), Notice: &ui.Notice{Kind: "warn", Text: c.T("signin.expired_file")}}
	if c.R.PostForm != nil {
		p.Resume = resumeOf(c.R.URL.RequestURI(), c.R.PostForm)
		p.Notice.Text = c.T("signin.expired")
	} else if texts, file := c.textParts(); len(texts) > 0 {
		c.posted = texts
		p.Resume = resumeOf(c.R.URL.RequestURI(), texts)
		p.Notice.Text = c.T("signin.expired")
		if file {
			p.Notice.Text = c.T("signin.expired_both")
		}
	}
	_, p.Login.Value, _ = s.Rooms.Accounts.Owner(c.R.Context(), c.SessionToken())
	return c.renderSignIn(http.StatusUnauthorized, p) == nil
}

// The most that is carried of a form with files, and that is read of one from nobody who is signed in, in bytes.
const (
	carriedMost = 256 << 10
	drainedMost = 32 << 20
)

// textParts are the texts of a form with files, and whether it held a file, which is not kept.
func (c *Ctx) textParts() (texts url.Values, file bool) {
	body := http.MaxBytesReader(c.W, c.R.Body, drainedMost)
	c.R.Body = body
	defer func() { _, _ = io.Copy(io.Discard, body) }() // a browser reads the answer only when it could send everything
	parts, err := c.R.MultipartReader()
	if err != nil {
		return nil, false
	}
	texts = url.Values{}
	for left := int64(carriedMost); ; {
		part, err := parts.NextPart()
		if err != nil {
			return texts, file
		}
		if part.FileName() != "" {
			file = true
			continue
		}
		text, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(text)); err != nil || left < 0 {
			return nil, file
		}
		if part.FormName() != "file" {
			texts.Add(part.FormName(), string(text))
		}
	}
}

// resumeOf lists the fields of a form, secrets left out, in the order of their names.
func resumeOf(path string, form url.Values) *Resume {
	r := &Resume{Path: path}
	var names []string
	for name := range form {
		if !secretField(name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		for _, v := range form[name] {
			r.Fields = append(r.Fields, ui.Pair{Name: name, Value: v})
		}
	}
	return r
}

// carried takes the form out of the sign-in form again; nil where none was carried.
func (c *Ctx) carried() *Resume {
	path := c.R.PostForm.Get(resumePath)
	if path == "" {
		return nil
	}
	return resumeOf(Local(path), unwrapped(c.R.PostForm))
}

// unwrapped is the form that another form carries.
func unwrapped(form url.Values) url.Values {
	out := url.Values{}
	for name, values := range form {
		if inner, ok := strings.CutPrefix(name, resumeField); ok {
			out[inner] = values
		}
	}
	return out
}

func (s *Server) signIn(c *Ctx) error {
	ctx, resume := c.R.Context(), c.carried()
	if c.turned {
		return c.turnSignIn(resume)
	}
	owner, _, err := s.Rooms.Accounts.Owner(ctx, c.SessionToken())
	if err != nil {
		return err
	}
	token, ses, err := s.Rooms.Accounts.SignIn(ctx, c.Value("login"), c.R.PostForm.Get("password"), c.from())
	if errs := c.Errors(err); errs != nil {
		p := &SignInPage{To: Local(c.Value("to")), Resume: resume}
		p.Login.Value, p.Password.Error = c.Value("login"), errs[""]
		return c.renderSignIn(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	c.come(token, ses)
	switch {
	case resume == nil:
		return c.Go(Local(c.Value("to")), "")
	case owner != 0 && owner != ses.Account:
		return c.Go("/", "signin.other_person")
	}
	return c.resumePage(resume, "resume.text")
}

// turnSignIn shows what stood there in the other language; no password came, and none is tried.
func (c *Ctx) turnSignIn(resume *Resume) error {
	if c.Actor.SignedIn() && resume != nil {
		return c.resumePage(resume, "resume.text")
	}
	p := &SignInPage{To: Local(c.Value("to")), Resume: resume}
	if resume != nil {
		p.Notice = &ui.Notice{Kind: "warn", Text: c.T("signin.expired")}
	}
	p.Login.Value = c.Value("login")
	return c.renderSignIn(http.StatusOK, p)
}

// come keeps the session with the browser; from here on the account's language holds.
func (c *Ctx) come(token string, ses account.Session) {
	c.SetSession(token)
	c.cookie(langCookie, "", -1)
	c.Lang = ses.Lang
}

// from is where a sign-in comes from. A proxy on this machine tells the address of its client.
func (c *Ctx) from() account.From {
	host, _, err := net.SplitHostPort(c.R.RemoteAddr)
	if err != nil {
		host = c.R.RemoteAddr
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsLoopback() {
		list := strings.Split(strings.Join(c.R.Header.Values("X-Forwarded-For"), ","), ",")
		if last := strings.TrimSpace(list[len(list)-1]); last != "" {
			host = last
		}
	}
	return account.From{Address: host, Device: account.Device(c.R.UserAgent()), Replaces: c.SessionToken()}
}

// ResumePage sends a carried form again, when the reader says so.
type ResumePage struct {
	Page
	Text   string
	Resume *Resume
	Kept   []ui.Fact
}

// sendNow offers the posted form to be sent, with nothing of it lost.
func (c *Ctx) sendNow() error {
	return c.resumePage(resumeOf(c.R.URL.RequestURI(), c.posted), "resume.held")
}

func (c *Ctx) resumePage(r *Resume, text string) error {
	p := &ResumePage{Resume: r, Text: c.T(text)}
	for _, f := range r.Fields {
		if f.Name[0] != '_' && f.Name != "version" && len([]rune(f.Value)) > 20 {
			p.Kept = append(p.Kept, ui.Fact{Term: f.Name, Text: f.Value})
		}
	}
	p.Kind, p.Title = ui.KindAuth, c.T("resume.title")
	return c.Render("resume", p)
}

func (s *Server) signOut(c *Ctx) error {
	if err := s.Rooms.Accounts.SignOut(c.R.Context(), c.SessionToken()); err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	c.SetSession("")
	return c.Go("/signin", "signin.out")
}

// demoSignIn signs in by a link of a demonstration; anywhere else such links do not exist.
func (s *Server) demoSignIn(c *Ctx) error {
	token, ses, err := s.Rooms.Accounts.DemoSignIn(c.R.Context(), c.R.PathValue("token"), c.from())
	if err != nil {
		return err
	}
	c.SetSession(token)
	if _, err := c.R.Cookie(langCookie); err != nil {
		c.Lang = ses.Lang
	}
	return c.Go("/", "")
}

// hxPath is the page on which htmx asked for a fragment.
func hxPath(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("HX-Current-URL"))
	if err != nil {
		return "/"
	}
	return Local(u.RequestURI())
}

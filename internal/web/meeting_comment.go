package web

import (
	"strconv"

	"plumbline/internal/authz"
	"plumbline/internal/org"
	"plumbline/internal/review/meeting"
	"plumbline/internal/web/ui"
)

// MeetingCommentPage is a comment as it is read: the latest confirmed text, earlier ones below, and what each problem
// became.
type MeetingCommentPage struct {
	Page
	Comment CommentBlock
	Notice  *ui.Notice
	Earlier []EditionBlock
	Confirm *ui.Button
}

// CommentBlock is the text of a comment. Texts are as written, with their line breaks.
type CommentBlock struct {
	Author, Voice string
	Status        *ui.Status
	Meta          string
	Affirm        string
	Problems      []ProblemLine
	None          string
	Direct        string
	Edit          *ui.Button
}

// ProblemLine is one numbered problem and the matters that it became.
type ProblemLine struct {
	Text    string
	Common  string // the units that share it, in words; "" for an individual one
	Matters []ui.Link
}

// EditionBlock is an earlier confirmed text against the one that followed.
type EditionBlock struct {
	Title, Digest string
	Diff          ui.Diff
}

func (c *Ctx) commentBlock(k meeting.Comment, b meeting.Body) CommentBlock {
	out := CommentBlock{Author: c.author(k), Voice: c.T("meeting.voice." + string(k.Voice)), Status: c.commentStatus(k), Affirm: b.Affirm, Direct: b.Direct, None: b.None}
	out.Meta = c.T("meeting.comment.changed", "Who", k.ChangedBy, "Time", c.locale().DateTime(k.ChangedAt))
	for _, p := range b.Problems {
		line := ProblemLine{Text: p.Text}
		if p.Common {
			line.Common = c.T("meeting.problem.common")
		}
		out.Problems = append(out.Problems, line)
	}
	return out
}

// commentHere finds a comment that the reader may know of, and its meeting.
func (s *Server) commentHere(c *Ctx) (h hall, k meeting.Comment, err error) {
	id, err := c.ID("comment")
	if err != nil {
		return h, k, err
	}
	return s.commentOf(c, id)
}

func (s *Server) commentOf(c *Ctx, id int64) (h hall, k meeting.Comment, err error) {
	bare, err := meeting.CommentByID(c.R.Context(), s.Reader, id)
	if err != nil {
		return h, k, err
	}
	if h, err = s.hallOf(c, bare.Meeting); err != nil {
		return h, k, err
	}
	k, err = meeting.FindComment(c.R.Context(), s.Reader, c.reader(h), id)
	return h, k, err
}

func (s *Server) commentPage(c *Ctx) error {
	h, k, err := s.commentHere(c)
	if err != nil {
		return err
	}
	ctx := c.R.Context()
	editions, err := meeting.Editions(ctx, s.Reader, k.ID)
	if err != nil {
		return err
	}
	body := k.Body
	p := &MeetingCommentPage{}
	if len(editions) > 0 {
		body = editions[0].Body
		k.ChangedBy, k.ChangedAt = editions[0].By, editions[0].At
	}
	p.Comment = c.commentBlock(k, body)
	if err := s.problemLinks(c, k, body, &p.Comment); err != nil {
		return err
	}
	on, err := org.UnitByID(ctx, s.Reader, k.Unit)
	if err != nil {
		return err
	}
	c.hallPage(&p.Page, h, c.T("meeting.comment.title", "Unit", on.In(c.Lang)))
	p.Status = c.commentStatus(k)
	p.Earlier = c.earlierTexts(editions)
	if len(editions) > 0 {
		p.Comment.Meta = c.T("meeting.comment.confirmed_by", "Who", editions[0].By, "Time", c.locale().DateTime(editions[0].At), "N", editions[0].No, "Digest", editions[0].Digest[:16])
		if k.Pending {
			p.Notice = &ui.Notice{Kind: "warn", Text: c.T("meeting.comment.correction_waits")}
		}
	} else {
		p.Notice = &ui.Notice{Kind: "info", Text: c.T("meeting.comment.only_draft")}
	}
	if h.Runs {
		p.Crumbs[len(p.Crumbs)-2] = ui.Link{Text: c.T("meeting.comments"), Href: "/cycles/" + itoa(h.Cycle.ID) + "/comments"}
	}
	if s.Rooms.Meetings.MayWrite(c.Actor, h.Unit.Place(), k) {
		p.Actions = []ui.Button{{Text: c.T("meeting.comment.edit"), Href: "/comments/" + itoa(k.ID) + "/edit", Key: "e"}}
		p.Actions = append(p.Actions, c.historyButton(meeting.CommentKind, k.ID)...)
	} else if k.Pending && s.Rooms.Meetings.MayConfirm(c.Actor, h.Unit.Place(), k) {
		p.Comment = c.commentBlock(k, k.Body)
		p.Confirm = c.confirmButton(k)
	}
	return c.Render("meeting_comment", p)
}

func (c *Ctx) confirmButton(k meeting.Comment) *ui.Button {
	return &ui.Button{Text: c.T("meeting.comment.confirm"), Kind: "primary", Post: "/comments/" + itoa(k.ID) + "/confirm",
		Fields: append(c.onceField(), ui.Pair{Name: "version", Value: strconv.Itoa(k.Version)}), Confirm: c.T("meeting.comment.confirm_sure", "Count", len(k.Body.Problems))}
}

// problemLinks names the units that share a problem and links to what it became, where the reader may follow.
func (s *Server) problemLinks(c *Ctx, k meeting.Comment, b meeting.Body, block *CommentBlock) error {
	ctx := c.R.Context()
	links, err := meeting.Links(ctx, s.Reader, k.ID)
	if err != nil {
		return err
	}
	ids := []int64{k.Unit}
	for _, p := range b.Problems {
		ids = append(ids, p.Units...)
	}
	units, err := org.UnitsByID(ctx, s.Reader, ids)
	if err != nil {
		return err
	}
	scope := c.Scope(authz.Read)
	for i, p := range b.Problems {
		line := &block.Problems[i]
		for j, u := range p.Units {
			if j == 0 {
				line.Common = c.T("meeting.problem.common_with") + units[u].In(c.Lang)
			} else {
				line.Common += c.T("list.separator") + units[u].In(c.Lang)
			}
		}
		for _, u := range append([]int64{k.Unit}, p.Units...) {
			if matter := links[p.Key][u]; matter != 0 && scope.Covers(units[u].Place()) {
				line.Matters = append(line.Matters, ui.Link{Text: c.T("meeting.problem.matter", "Unit", units[u].In(c.Lang)), Href: "/matters/" + itoa(matter)})
			}
		}
	}
	return nil
}

// plain is a comment as one text, for comparing.
func (c *Ctx) plain(b meeting.Body) string {
	out := c.T("meeting.comment.affirm") + "\n" + b.Affirm + "\n" + c.T("meeting.comment.problems") + "\n"
	for i, p := range b.Problems {
		out += strconv.Itoa(i+1) + ". " + p.Text + "\n"
	}
	if b.None != "" {
		out += b.None + "\n"
	}
	return out + c.T("meeting.comment.direct") + "\n" + b.Direct
}

func (c *Ctx) earlierTexts(editions []meeting.Edition) []EditionBlock {
	var out []EditionBlock
	for i := 0; i+1 < len(editions); i++ {
		old, now := editions[i+1], editions[i]
		out = append(out, EditionBlock{Title: c.T("meeting.comment.edition", "N", old.No, "Who", old.By, "Time", c.locale().DateTime(old.At)), Digest: old.Digest,
			Diff: ui.NewDiff(c.plain(old.Body), c.plain(now.Body))})
	}
	return out
}

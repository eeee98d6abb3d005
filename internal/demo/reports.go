package demo

import (
	"fmt"
	"strings"

	"plumbline/internal/authz"
	"plumbline/internal/review/cycle"
	"plumbline/internal/review/report"
)

// subjects is how many subjects a report speaks of.
const subjects = 3

// writeReports lets every reporter write and hand in the report, and the city's office accept it. One is returned once
// with a remark; held says which are left as they are before they are handed in.
func (b *builder) writeReports(c cycle.Cycle, held map[string]bool) error {
	all, err := cycle.Reporters(b.ctx, b.DB, c.ID)
	if err != nil {
		return err
	}
	codes := map[int64]string{}
	for code, u := range b.units {
		codes[u.ID] = code
	}
	for n, r := range all {
		code := codes[r.Unit]
		b.at(day(c.MeetingDate, -24+n/3), 9+n%7, n%50)
		if err := b.writeReport(c, r, code, n); err != nil {
			return fmt.Errorf("report of %s: %w", code, err)
		}
		if held[code] {
			continue
		}
		if err := b.handIn(c, r, code, n == 3); err != nil {
			return fmt.Errorf("report of %s: %w", code, err)
		}
	}
	return nil
}

func (b *builder) head(code string) authz.Actor { return b.as("head-" + code) }

func (b *builder) writeReport(c cycle.Cycle, r cycle.Reporter, code string, n int) error {
	themes := b.themesOf(n, c.Year, subjects)
	var results, problems, causes []string
	var promises []report.Promise
	for i, th := range themes {
		results = append(results, b.numbered(i, b.say(th.Result)))
		problems = append(problems, b.numbered(i, b.say(th.Problem)))
		causes = append(causes, b.numbered(i, b.say(th.Cause)))
		promises = append(promises, report.Promise{Target: b.say(th.Goal), Measure: b.say(th.Measure), Date: fmt.Sprintf("%d-%02d-30", c.Year+1, 4+3*i)})
	}
	parts := map[string]string{"results": strings.Join(results, "\n"), "problems": strings.Join(problems, "\n"), "causes": strings.Join(causes, "\n"),
		"promises": report.EncodePromises(promises)}
	for _, part := range []string{"results", "problems", "causes", "promises"} {
		b.tick(4)
		if _, err := b.Rooms.Reports.Save(b.ctx, b.head(code), report.Save{Reporter: r.ID, Part: part, Body: parts[part]}); err != nil {
			return err
		}
	}
	return b.answerPast(r, code)
}

func (b *builder) numbered(i int, s string) string {
	if b.lang == "en" {
		return fmt.Sprintf("%d. %s", i+1, s)
	}
	return []string{"一是", "二是", "三是", "四是"}[i] + s
}

// handIn submits and accepts; a returned one is answered and submitted again.
func (b *builder) handIn(c cycle.Cycle, r cycle.Reporter, code string, returned bool) error {
	number, err := b.submit(r, code)
	if err != nil {
		return err
	}
	b.tick(90)
	if returned {
		if number, err = b.returnOnce(r, code, number); err != nil {
			return err
		}
	}
	return b.Rooms.Reports.Accept(b.ctx, b.as("office"), r.ID, number)
}

func (b *builder) submit(r cycle.Reporter, code string) (int, error) {
	h, err := b.Rooms.Reports.Find(b.ctx, authz.Everything(), r.ID)
	if err != nil {
		return 0, err
	}
	return b.Rooms.Reports.Submit(b.ctx, b.head(code), r.ID, h.Version)
}

// returnOnce sends a report back with a remark; the unit answers it and hands the report in again.
func (b *builder) returnOnce(r cycle.Reporter, code string, number int) (int, error) {
	office := b.as("office")
	remark := b.say(text("问题部分请落到具体单位和事项，原因从自身找。", "Please name units and cases under problems, and look for the causes with yourself."))
	if err := b.Rooms.Reports.Remark(b.ctx, office, report.NewRemark{Reporter: r.ID, Number: number, Part: "problems", Body: remark}); err != nil {
		return 0, err
	}
	if err := b.Rooms.Reports.Return(b.ctx, office, r.ID, number, ""); err != nil {
		return 0, err
	}
	b.tick(600)
	who := b.head(code)
	d, err := b.Rooms.Reports.Draft(b.ctx, who, authz.Everything(), r.ID, b.Now().UnixMicro())
	if err != nil {
		return 0, err
	}
	old := d.Parts["problems"]
	more := old.Body + "\n" + b.say(text("其中两个街道的问题已在调研中逐一核实。", "In two subdistricts this was looked at on the spot, case by case."))
	if _, err := b.Rooms.Reports.Save(b.ctx, who, report.Save{Reporter: r.ID, Part: "problems", Body: more, Version: old.Version}); err != nil {
		return 0, err
	}
	answer := b.say(text("已补充具体单位，原因部分重写了第二条。", "Units are named now; the second cause was written anew."))
	for _, m := range d.Remarks {
		if err := b.Rooms.Reports.AnswerRemark(b.ctx, who, r.ID, m.ID, answer, m.Version); err != nil {
			return 0, err
		}
	}
	return b.submit(r, code)
}

// answerPast writes an answer to every item of last year that the report asks for.
func (b *builder) answerPast(r cycle.Reporter, code string) error {
	who := b.head(code)
	d, err := b.Rooms.Reports.Draft(b.ctx, who, authz.Everything(), r.ID, b.Now().UnixMicro())
	if err != nil {
		return err
	}
	replies := []string{
		b.say(text("已完成。制度运行平稳，每季度检查一次，群众反映较好。", "Done. The rule runs steadily, is checked every quarter, and people speak well of it.")),
		b.say(text("基本完成。剩余事项已明确责任人和时限，年内办结。", "Mostly done. What is left has a person and a date, and will be closed this year.")),
		b.say(text("正在推进。因涉及部门较多，进度慢于承诺，我负主要责任。", "Under way. With many departments in it, it is slower than pledged; the main responsibility is mine.")),
	}
	n := 0
	for _, section := range d.Content.Sections {
		for _, a := range section.Answers {
			b.tick(2)
			if _, err := b.Rooms.Reports.Save(b.ctx, who, report.Save{Reporter: r.ID, Part: report.PartKey(section.ID, a.Item.Key), Body: replies[n%3]}); err != nil {
				return err
			}
			n++
		}
	}
	return nil
}

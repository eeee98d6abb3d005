package authz

// The closed list of actions. A pack's roles give them out; the gate asks for exactly one of them at every write.
const (
	// Reading beyond one's own unit: reports, comments, results and matters in the reach.
	Read Action = "read"
	// Reading the log and the history of things.
	AuditRead Action = "audit.read"

	OrgEdit       Action = "org.edit"       // units, posts, people, groups; imports
	AccountManage Action = "account.manage" // accounts and grants
	OwnAccount    Action = "account.own"    // one's own password, language, sessions; every account has it

	PlanEdit    Action = "plan.edit"    // plans: edit and freeze
	CycleManage Action = "cycle.manage" // open, reporters, deadlines, close

	ReportWrite  Action = "report.write"  // the reporter's own report
	ReportSubmit Action = "report.submit" // the reporting person hands it in
	ReportReview Action = "report.review" // the convenor returns or accepts

	MeetingRun     Action = "meeting.run"     // agenda, draw, roll, console
	CommentWrite   Action = "comment.write"   // draft a comment
	CommentConfirm Action = "comment.confirm" // confirm it: problems become findings

	TallyKey    Action = "tally.key"    // key paper ballots in, one of two tellers
	TallySettle Action = "tally.settle" // settle differences and seal
	SheetFill   Action = "sheet.fill"   // check-sheets, imported figures
	Decide      Action = "decide"       // record the body's decision
	LetterIssue Action = "letter.issue" // feedback letters, notification

	LedgerRegister Action = "ledger.register" // register a matter
	LedgerOwn      Action = "ledger.own"      // claim, dispute, plan, progress, declare done: the unit that has to act
	LedgerApprove  Action = "ledger.approve"  // approve a plan, rule on a dispute, close not done
	LedgerVerify   Action = "ledger.verify"   // verify, look back; never the doer
	LedgerAsk      Action = "ledger.ask"      // ask for something, answer questions, judge the result as the one who asked
	LedgerTalk     Action = "ledger.talk"     // speak of a matter: whoever may read it
	LedgerDesign   Action = "ledger.design"   // make and change ledgers themselves, publish and retire them
	LedgerOpen     Action = "ledger.open"     // show ledgers to everybody, as far as they say
	LedgerPrompt   Action = "ledger.prompt"   // remind and escalate, make what recurs: the program's own, given to no role
)

// Actions lists every action in the order of this file.
var Actions = []Action{Read, AuditRead, OrgEdit, AccountManage, OwnAccount, PlanEdit, CycleManage, ReportWrite,
	ReportSubmit, ReportReview, MeetingRun, CommentWrite, CommentConfirm, TallyKey, TallySettle, SheetFill, Decide,
	LetterIssue, LedgerRegister, LedgerOwn, LedgerApprove, LedgerVerify, LedgerAsk, LedgerTalk, LedgerDesign, LedgerOpen, LedgerPrompt}

var known = func() map[Action]bool {
	m := map[Action]bool{}
	for _, a := range Actions {
		m[a] = true
	}
	return m
}()

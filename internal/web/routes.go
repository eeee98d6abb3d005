package web

import "plumbline/internal/authz"

// Handler answers one route: parse, one verb of the domain, render. What it returns becomes a page in fail.
type Handler func(s *Server, c *Ctx) error

// Route is one line of the table.
type Route struct {
	Method  string
	Pattern string
	Access  Access
	Handler Handler
}

// Routes is the whole table. testdata/access.golden lists who gets through where: read its difference.
func Routes() []Route {
	return []Route{
		// The house
		{"GET", "/{$}", SignedIn, (*Server).home},
		{"GET", "/healthz", Public, (*Server).healthz},
		{"POST", "/lang", Public, (*Server).setLang},
		{"GET", "/audit", May(authz.AuditRead), (*Server).auditPage},
		{"GET", "/history/{kind}/{id}", SignedIn, (*Server).history},

		// Coming in, and one's own account
		{"GET", "/signin", Public, (*Server).signInPage},
		{"POST", "/signin", Public, (*Server).signIn},
		{"POST", "/signout", Public, (*Server).signOut},
		{"GET", "/setup/{token}", Public, (*Server).setupPage},
		{"POST", "/setup/{token}", Public, (*Server).setup},
		{"GET", "/demo/{token}", Public, (*Server).demoSignIn},
		{"GET", "/account", SignedIn, (*Server).accountPage},
		{"POST", "/account/language", SignedIn, (*Server).setLanguage},
		{"POST", "/account/password", SignedIn, (*Server).changePassword},
		{"POST", "/account/sessions/{id}/end", SignedIn, (*Server).endOwnSession},

		// Accounts of others
		{"GET", "/accounts", May(authz.AccountManage), (*Server).accounts},
		{"GET", "/accounts/new", May(authz.AccountManage), (*Server).newAccountPage},
		{"POST", "/accounts/new", May(authz.AccountManage), (*Server).newAccount},
		{"GET", "/accounts/import", May(authz.AccountManage), (*Server).importAccountsPage},
		{"POST", "/accounts/import", May(authz.AccountManage), (*Server).importAccounts},
		{"GET", "/accounts/{id}", May(authz.AccountManage), (*Server).accountOf},
		{"POST", "/accounts/{id}", May(authz.AccountManage), (*Server).changeAccount},
		{"POST", "/accounts/{id}/grants", May(authz.AccountManage), (*Server).grantRole},
		{"POST", "/accounts/{id}/grants/{grant}/revoke", May(authz.AccountManage), (*Server).revokeRole},
		{"POST", "/accounts/{id}/link", May(authz.AccountManage), (*Server).renewLink},
		{"POST", "/accounts/{id}/unlock", May(authz.AccountManage), (*Server).unlockAccount},
		{"POST", "/accounts/{id}/disable", May(authz.AccountManage), (*Server).disableAccount},
		{"POST", "/accounts/{id}/enable", May(authz.AccountManage), (*Server).enableAccount},
		{"POST", "/accounts/{id}/sessions/{session}/end", May(authz.AccountManage), (*Server).endSessionOf},

		// Paper ballots
		{"GET", "/cycles/{id}/ballots", May(authz.TallyKey, authz.TallySettle), (*Server).ballots},
		{"POST", "/cycles/{id}/ballots/open", May(authz.TallySettle), (*Server).openRound},
		{"POST", "/cycles/{id}/ballots/paper", May(authz.TallySettle), (*Server).setPaper},
		{"POST", "/cycles/{id}/ballots/settle", May(authz.TallySettle), (*Server).settleBallot},
		{"POST", "/cycles/{id}/ballots/release", May(authz.TallySettle), (*Server).releaseSeat},
		{"POST", "/cycles/{id}/ballots/seal", May(authz.TallySettle), (*Server).sealBallots},
		{"GET", "/cycles/{id}/ballots/key", May(authz.TallyKey), (*Server).ballotKey},
		{"POST", "/cycles/{id}/ballots/key", May(authz.TallyKey), (*Server).ballotKeySave},
		{"POST", "/cycles/{id}/ballots/remove", May(authz.TallyKey), (*Server).removeSlip},

		// Plans
		{"GET", "/plans", SignedIn, (*Server).plansPage},
		{"POST", "/plans", May(authz.PlanEdit), (*Server).createPlan},
		{"GET", "/plans/new", May(authz.PlanEdit), (*Server).planNew},
		{"GET", "/plans/{id}", SignedIn, (*Server).planPage},
		{"GET", "/plans/{id}/edit", May(authz.PlanEdit), (*Server).planEdit},
		{"POST", "/plans/{id}/edit", May(authz.PlanEdit), (*Server).savePlan},
		{"POST", "/plans/{id}/freeze", May(authz.PlanEdit), (*Server).freezePlan},
		{"GET", "/plans/{id}/preview", SignedIn, (*Server).planPreview},
		{"GET", "/plans/{id}/compare", SignedIn, (*Server).planCompare},
		{"GET", "/plans/{id}/PLAN.json", SignedIn, (*Server).planForScore},
		{"GET", "/plans/{id}/plan.json", SignedIn, (*Server).planText},

		// Cycles and dates
		{"GET", "/cycles", SignedIn, (*Server).cyclesPage},
		{"POST", "/cycles", May(authz.CycleManage), (*Server).openCycle},
		{"GET", "/cycles/new", May(authz.CycleManage), (*Server).cycleNew},
		{"GET", "/cycles/{id}", SignedIn, (*Server).cyclePage},
		{"GET", "/cycles/{id}/print", SignedIn, (*Server).cyclePrint},
		{"GET", "/cycles/{id}/reporters", May(authz.CycleManage), (*Server).cycleReporters},
		{"POST", "/cycles/{id}/reporters", May(authz.CycleManage), (*Server).setReporters},
		{"POST", "/cycles/{id}/draw", May(authz.CycleManage), (*Server).drawModes},
		{"POST", "/cycles/{id}/refresh", May(authz.CycleManage), (*Server).refreshHolders},
		{"GET", "/cycles/{id}/dates", May(authz.CycleManage), (*Server).cycleDates},
		{"POST", "/cycles/{id}/dates", May(authz.CycleManage), (*Server).setDates},
		{"POST", "/cycles/{id}/meeting-date", May(authz.CycleManage), (*Server).setMeetingDate},
		{"POST", "/cycles/{id}/step", May(authz.CycleManage), (*Server).markStep},
		{"POST", "/cycles/{id}/name", May(authz.CycleManage), (*Server).renameCycle},
		{"POST", "/cycles/{id}/advance", May(authz.CycleManage), (*Server).advanceCycle},
		{"GET", "/cycles/{id}/close", May(authz.CycleManage), (*Server).cycleClosePage},
		{"POST", "/cycles/{id}/close", May(authz.CycleManage), (*Server).closeCycle},
		{"GET", "/calendar", SignedIn, (*Server).calendarPage},
		{"POST", "/calendar/renew", SignedIn, (*Server).renewFeed},
		{"POST", "/calendar/drop", SignedIn, (*Server).dropFeed},
		{"GET", "/calendar/{file}", Public, (*Server).feed},
		// Reports
		{"GET", "/cycles/{id}/reports", SignedIn, (*Server).cycleReports},
		{"GET", "/reports/{id}", SignedIn, (*Server).reportRead},
		{"GET", "/reports/{id}/report.docx", SignedIn, (*Server).reportDOCX},
		{"GET", "/reports/{id}/edit", May(authz.ReportWrite), (*Server).reportEdit},
		{"GET", "/reports/{id}/checks", May(authz.ReportWrite), (*Server).reportChecks},
		{"POST", "/reports/{id}/parts", May(authz.ReportWrite), (*Server).savePart},
		{"POST", "/reports/{id}/aside", May(authz.ReportWrite), (*Server).dropAside},
		{"POST", "/reports/{id}/answers/{remark}", May(authz.ReportWrite), (*Server).answerRemark},
		{"POST", "/reports/{id}/files", May(authz.ReportWrite), (*Server).attachFile},
		{"GET", "/reports/{id}/files/{file}", SignedIn, (*Server).reportDownload},
		{"POST", "/reports/{id}/files/{file}/remove", May(authz.ReportWrite), (*Server).removeFile},
		{"POST", "/reports/{id}/files/{file}/restore", May(authz.ReportWrite), (*Server).restoreFile},
		{"GET", "/reports/{id}/submit", May(authz.ReportWrite), (*Server).reportSubmitPage},
		{"POST", "/reports/{id}/submit", May(authz.ReportSubmit), (*Server).submitReport},
		{"GET", "/reports/{id}/review", May(authz.ReportReview), (*Server).reportReview},
		{"POST", "/reports/{id}/remarks", May(authz.ReportReview), (*Server).addRemark},
		{"POST", "/reports/{id}/remarks/{remark}/drop", May(authz.ReportReview), (*Server).dropRemark},
		{"POST", "/reports/{id}/return", May(authz.ReportReview), (*Server).returnReport},
		{"POST", "/reports/{id}/accept", May(authz.ReportReview), (*Server).acceptReport},
		{"GET", "/reports/{id}/versions", SignedIn, (*Server).reportVersions},
		{"GET", "/reports/{id}/versions/{version}", SignedIn, (*Server).reportVersion},
		{"GET", "/reports/{id}/diff", SignedIn, (*Server).reportDiff},

		// Ledgers
		{"GET", "/matters", SignedIn, (*Server).matters},
		{"GET", "/matters/export", SignedIn, (*Server).exportMatters},
		{"GET", "/matters/new", May(authz.LedgerRegister), (*Server).matterNew},
		{"POST", "/matters", May(authz.LedgerRegister), (*Server).registerMatter},
		{"GET", "/matters/{id}", SignedIn, (*Server).matter},
		{"GET", "/matters/{id}/steps/{step}", SignedIn, (*Server).matterStep},
		{"POST", "/matters/{id}/steps/{step}", SignedIn, (*Server).takeStep},
		{"POST", "/matters/{id}/steps/{step}/files", SignedIn, (*Server).takeStepFiles},
		{"POST", "/matters/{id}/evidence/files", May(authz.LedgerOwn), (*Server).attachEvidence},
		{"GET", "/matters/{id}/files/{file}", SignedIn, (*Server).matterFile},
		{"POST", "/matters/{id}/share", May(authz.LedgerRegister), (*Server).shareMatter},
		{"POST", "/matters/{id}/repeat", May(authz.LedgerRegister), (*Server).linkRepeat},
	}
}

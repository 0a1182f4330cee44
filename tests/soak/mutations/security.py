"""What docs/security.md claims, taken out."""

from tests.soak.mutations.model import Condition, Drop, Mutation, Swap, Value

ACCOUNT_CHANGED = (
    "What an export changes of an account counts within 5 seconds of its publication, for open sessions and new logins"
)
PICTURE = (
    "A picture is taken by its content, measured before it is unpacked, and drawn anew: nothing but pixels remains"
)
LANDING_SAVED = (
    "A landing page that somebody else has saved meanwhile is not replaced unseen, and no save takes a picture from "
    "another"
)
LANDING_PICTURE = (
    "A picture for the landing page is taken by its content, measured before it is unpacked, and drawn anew in a "
    "bounded weight"
)
NOTIFICATIONS = (
    "What somebody was notified of is seen by them alone, and only while they reach the account that it is about"
)
AREAS = (
    "Who is kept from an area of the portal, or from an account, finds none of its pages and files, gets no mail and "
    "no notification of it, from the next request on; who has no access any more finds nothing"
)
PEOPLE = (
    "People of an account are managed by its admins and the dealer alone, and there is always an admin: also of two "
    "who take each other's access at the same moment one stays"
)
COLLEAGUES = "Invitations by customers are few, and tell nobody who has a login; one that is withdrawn lets nobody in"
SEEN_BY_PEOPLE = (
    "What a mail scanner opens, and what a browser fetches ahead, counts as seen by nobody: no document as opened, no "
    "invoice as viewed, no message and no notification as read"
)
UNSUBSCRIBING = (
    "A link to unsubscribe stops one kind of mails to one person of one dealer, for 180 days, and does nothing else; "
    "nobody gets out of a must by it"
)
MAILS_AS_CHOSEN = (
    "Who wants no mails of a kind gets none; two windows do not undo each other's choice, and nobody chooses all day"
)
FORWARD_LINK = (
    "A link that sends a document on shows that document alone, for 30 days, while its sender may see it and until "
    "somebody ends it; opening its page counts for nothing"
)
FORWARD_MAIL = (
    "Nobody makes the portal send what they like: a mail that sends a document on has no link and no markup of its "
    "sender's, says who that is, and there are few a day"
)
VOLUMES = (
    "Many documents at once are made by one function at a time, for who asked, who alone fetches them and is told of "
    "them while they may log in"
)
LANDING_LINK = "A landing page leads nowhere but to https, and its preview is its admin's alone"
MASTERS = "The people of a master account see and are told of the accounts of its group alone, as they are now"
REUSED_NUMBER = (
    "Where an account's number becomes somebody else's, the people who reached it before see nothing of the new "
    "customer, and the new one nothing of the earlier customer"
)

AUDITED = (
    "Each change leaves an audit row, which the program puts no other over; a dealer's role can neither delete nor "
    "alter one"
)
WHERE_FROM = "From where somebody changed something is in the audit trail, and shown to admins of the dealership alone"
OWN_TRAIL = (
    "A customer reads of the dealer's audit trail what was done to their own account in its present era, and only "
    "events that are meant for customers"
)
SCANNED = "A file is handed on only after its content was checked and its scan found nothing, both of one version of it"
HOSTILE_FILES = "No hostile file is handed on, and what people send is kept"
QUARANTINED = (
    "Nobody reads a file before it is checked: pages only put into quarantine, and "
    "the check reads that and nothing else"
)
SENT_CODES = (
    "A code that is sent opens the one login that it was sent for, once, within ten minutes and five tries, and only a "
    "slow hash of it is stored"
)
SENDING_CODES = "Codes are sent to who has turned them on, and no more often than somebody who waits for one needs"
CODE_FACTORS = (
    "Codes by email are turned on by who reads the mailbox, beside another factor with a code of it, and given up with "
    "one"
)
TEXTS = (
    "A text message goes to a mobile number of an allowed country alone, where the dealer offers them, within bounds "
    "by number, person, dealer and in all"
)
OWN_TEXTS = (
    "Strangers use up none of a person's text messages, neither by naming their number nor by logging in at their "
    "dealer's page"
)
ALERT_TEXTS = (
    "Notifications by text message go to who has chosen them, to a number that they have proved, and cost no more than "
    "a dealer allows"
)
OWN_INVITATION = "An open session accepts an invitation to its own person alone, for an hour after the login"
WEAK_FACTORS = "A code that is sent is not enough for staff of a dealership"
PASSKEYS = "A passkey logs in its owner alone, at this portal alone, and each answer counts once"
PASSKEYS_ADDED = (
    "A passkey is added with the current password, where an app or codes are on with a code too, and a credential "
    "stays its first owner's for ever"
)
PASSKEY_FACTOR = (
    "A passkey is a second factor: the password alone does not log its owner in, and what it signs at the second step "
    "counts for that login of theirs, once"
)
OPERATORS = "What the operator's commands do names who ran them, whatever they call themselves"
SENDERS = "No mail bears the name of another dealer, or of the portal, as its sender"
TAKEN_DOWN = "No picture of a landing page that was taken down, or that was replaced more than an hour ago, is served"
DRAWN = "Pictures are drawn, and forms for them made, a limited number of times an hour"
RESET_BY_MAIL = "A reset by mail opens no session, and no passkey of before it logs in without the new password"
PASSKEYS_LIMITED = "Passkeys are tried within limits, and their challenges tell nobody who is known"
GUESSING = "Guessing ends after a few tries, by account, by address and in all"
ATTACHED = "A file of a conversation or a dispute is reached by who may read that, from the moment it was checked"
ATTACHED_FEW = "Few files are on their way to a conversation or a dispute at a time, and a person sends so many a day"
SHARED = (
    "A customer reaches only documents of their account that staff have made visible and that were checked, and none "
    "from the moment they are hidden"
)
REPLY = (
    "A reply by mail adds to one conversation as one person, while they may write there, for 90 days, and does "
    "nothing else"
)
REPLY_SENDER = (
    "Of replies by mail only the person's own is added: from their address, genuine, neither spam nor infected "
    "nor by a program; anybody else who sent one gets no answer"
)
MAIL_IN = (
    "A mail that came in is opened by a role that reads mails alone, not above 10 MB, and nothing in it stops "
    "or slows its reader"
)
THREADS = (
    "A conversation is read by the customer whose account it is and by the dealer's staff, and no mail of it by others"
)
RECIPIENTS = (
    "A message goes only to a group or a person whom its account is offered, and one whose group or person is gone is "
    "never lost"
)
NOTES = "What staff note among themselves is on no page, in no mail and in no item that customers or programs read"
ANSWERS = "Nobody answers past a message that they have not seen, and of what is written at once nothing is lost"
SECOND_FACTOR = (
    "Where a second factor is set up no session begins without it, whichever way the password was entered: login, "
    "invitation or reset"
)
CODES = "A code and a recovery code count once, wherever they are entered, and are tried five times in five minutes"
RECOVERY_CODES = "Nobody spends a recovery code unnoticed by its owner"
TRUSTED = "A browser that is not asked for the second factor ends with another password and another factor"
REQUIRED_FACTOR = "Where a dealer requires a second factor nothing of it opens before one is set up"
FACTOR_CHANGES = (
    "The first factor is set up with the password alone; another kind, turning one off, and new recovery codes ask for "
    "a code too"
)
FACTOR_RESET = (
    "A second factor is reset by another admin or in two steps by the operator, never by oneself, "
    "and its owner is notified"
)
SHORT_PASSWORDS = "A password of 8 characters will do only beside a second factor"
ADMINS_TASKS = "What only an admin may decide is taken by admins and given to admins alone"
EMAILS = "Nobody takes a login over by changing its email address, and nobody learns from it whose an address is"
DISPUTES = "A dispute moves only as its rules say, for its own customer, and never over what somebody has not seen"
STATEMENTS = (
    "A month's statement is made once, begins where the one before ended, and is read and mailed about to its own "
    "customer alone"
)
PHOTOS = "A photo is seen by the person and by staff of their dealer, and nothing but pixels of it is kept"
VIEWERS = (
    "Staff who see the portal as a customer reach that customer's pages alone, from one session, for half an hour, and "
    "change nothing"
)
STAFF_ENDS = (
    "What somebody had as staff ends when they are deleted or given another role: no mail that was sent again, no "
    "login and no session of that moment gives it back"
)
LAST_ADMIN = "A dealership always has an admin, nobody deletes themselves, and nobody changes their own role"
LIST_DECIDES = (
    "Who is taken off the list of staff, or loses the admin's role, invites, deletes and makes keys no more, whatever "
    "their session says"
)
CAMPAIGNS = (
    "A campaign mails nobody whose address bounced or who reported it as spam; there is one at a time, and "
    "admins decide on what they saw"
)
ASKED_AGAIN = (
    "That a document is asked for again is mailed while it still is, to people who can send it: nobody whose access "
    "ended and no earlier customer"
)
LOGOS = "The logo that is in use is never deleted, also where two admins save one at the same time"
SESSION_ENDS = (
    "A session is new at each login and switch, and ends at logout, after the dealer's idle time and after 12 hours"
)
LENGTHS = "What anybody may send is measured before any work is done on it"
SUSPENDED = (
    "A suspended portal lets nobody in anywhere and sends no mail, and nothing that comes is lost; other "
    "dealers, and who is at one of them too, notice nothing"
)
GONE = (
    "Of a dealer that has left everything goes, after its term and an export that was checked, and not a byte of "
    "another dealer's"
)
EXPORTED = "The export of a dealer's data has all of it, no secret, and nothing of another dealer"
CLOSING = "tests/infra/operator_commands/test_closing.py::"
SUSPENSION = "tests/infra/operator_commands/test_suspension.py::"

CONTROLS: tuple[Mutation, ...] = (
    Mutation(
        "A customer finds every look of staff at their account",
        "own-activity-paged",
        Swap("_moment(line) > beyond", "line"),
        "tests/web/customer/test_activity.py::test_it_ends_after_ninety_days_and_is_paged_by_a_hundred_lines",
    ),
    Mutation(
        "A customer finds every look of staff at their account",
        "looks-limited",
        Drop(),
        "tests/customers/impersonation/test_operations.py::test_one_person_looks_at_an_account_ten_times_a_day",
    ),
    Mutation(
        "A customer finds every look of staff at their account",
        "looks-name-the-group",
        Drop(),
        "tests/customers/impersonation/test_operations.py::test_a_look_at_a_master_is_in_the_trail_of_each_account_of_its_group",
    ),
    Mutation(
        "Filtering the dealership's Activity is bounded, by page and by person",
        "staff-activity-limited",
        Drop(),
        "tests/web/staff/test_activity.py::test_filtering_has_a_limit_and_the_plain_list_has_none",
    ),
    Mutation(
        GONE,
        "people-of-others-stay",
        Condition("True"),
        f"{CLOSING}test_all_of_it_goes_and_the_other_dealer_is_the_same_to_the_byte",
    ),
    Mutation(
        GONE,
        "forgotten-passkeys-go",
        Drop(),
        f"{CLOSING}test_all_of_it_goes_and_the_other_dealer_is_the_same_to_the_byte",
    ),
    Mutation(
        GONE,
        "forgotten-has-nothing",
        Condition("False"),
        f"{CLOSING}test_who_is_given_something_else_meanwhile_stays",
    ),
    Mutation(
        GONE,
        "deletion-not-withdrawn",
        Condition("False"),
        f"{CLOSING}test_once_it_has_begun_it_is_not_withdrawn",
    ),
    Mutation(
        GONE,
        "export-after-request",
        Condition("False"),
        f"{CLOSING}test_nothing_is_deleted_before_the_day_or_without_an_export_that_was_checked",
    ),
    Mutation(
        GONE,
        "deletion-after-term",
        Condition("False"),
        f"{CLOSING}test_nothing_is_deleted_before_the_day_or_without_an_export_that_was_checked",
    ),
    Mutation(
        GONE,
        "deletion-needs-export",
        Condition("False"),
        f"{CLOSING}test_nothing_is_deleted_before_the_day_or_without_an_export_that_was_checked",
    ),
    Mutation(
        GONE,
        "deletes-own-items",
        Condition("False"),
        f"{CLOSING}test_keys_of_another_dealer_are_refused",
    ),
    Mutation(
        EXPORTED,
        "export-checked-whole",
        Condition("False"),
        f"{CLOSING}test_an_archive_in_s3_and_what_was_changed_in_one",
    ),
    Mutation(
        EXPORTED,
        "export-without-secrets",
        Swap(" and not SECRET.search(name)", ""),
        f"{CLOSING}test_the_archive_has_everything_but_secrets_and_nothing_of_a_rival",
    ),
    Mutation(
        SUSPENDED,
        "suspended-lets-nobody-in",
        Condition("False"),
        f"{SUSPENSION}test_sessions_end_and_the_next_ones_say_why_until_it_is_resumed",
    ),
    Mutation(
        SUSPENDED,
        "suspended-not-public",
        Condition("False"),
        f"{SUSPENSION}test_its_own_address_and_links_say_that_it_is_not_available_and_are_not_used_up",
    ),
    Mutation(
        SUSPENDED,
        "suspended-invites-nobody",
        Drop(),
        f"{SUSPENSION}test_its_own_address_and_links_say_that_it_is_not_available_and_are_not_used_up",
    ),
    Mutation(
        SUSPENDED,
        "suspended-imports-wait",
        Condition("False"),
        f"{SUSPENSION}test_an_export_that_comes_waits_and_one_that_has_begun_is_read_to_its_end",
    ),
    Mutation(
        SUSPENDED,
        "suspended-mails-wait",
        Swap("not is_suspended(scope)", "True"),
        f"{SUSPENSION}test_its_mails_wait_and_other_mails_of_its_people_do_not",
    ),
    Mutation(
        SUSPENDED,
        "schedules-pass-over-suspended",
        Swap("even_suspended or not entry.suspended", "True"),
        "tests/dealers/test_lifecycle.py::test_a_suspended_portal_is_said_to_be_so_and_left_out_by_schedules",
    ),
    Mutation(
        "Who may open a route is what it declares, for every kind of visitor",
        "audience-checked",
        Swap("membership.kind not in _KINDS[request.access.audience]", "not membership.kind"),
        "tests/sweeps/test_route_matrix.py::test_who_gets_in[/staff/accounts-GET]",
    ),
    Mutation(
        "Who may open a route is what it declares, for every kind of visitor",
        "role-checked",
        Swap("held.includes(required)", "required.includes(held)"),
        "tests/sweeps/test_route_matrix.py::test_who_gets_in[/staff/imports/api-keys-GET]",
    ),
    Mutation(
        "A route that somebody opens is noticed",
        "route-audience",
        Swap("STAFF", "LOGGED_IN"),
        "tests/sweeps/test_route_matrix.py::test_every_route_is_acknowledged",
        also=(("route-audience-import", Swap("STAFF", "LOGGED_IN, STAFF")),),
    ),
    Mutation(
        "Nothing of one dealer is in what another dealer's people get",
        "published-cached-by-dealer",
        Swap("scope.dealer_id", '"the last one"'),
        "tests/dealers/test_queries.py::test_what_is_held_of_a_dealer_is_that_dealers_alone",
    ),
    Mutation(
        "A module that a dealer has not is not there for its people",
        "module-checked",
        Swap("(request.dealer is None or module not in request.dealer.modules)", "request.dealer is None"),
        "tests/http/test_authorization.py::test_who_gets_in[member_payments]",
    ),
    Mutation(
        "The role that fetches a dealer's outbox reaches that alone",
        "outbox-role-prefix",
        Swap("/{prefix}", "/d/*"),
        "tests/infra/operator_commands/test_outbox.py::test_it_reaches_nothing_else",
    ),
    Mutation(
        "Nobody reaches a dealer's data before login, only the public copy of some settings and its logo",
        "public-leading-keys",
        Swap("D#${aws:PrincipalTag/dealer}#PUBLIC", "D#${aws:PrincipalTag/dealer}#*"),
        "tests/infra/iam/test_guard.py::test_the_public_role_gets_lookups_and_the_public_copy_and_nothing_else",
    ),
    Mutation(
        "Nobody reaches a dealer's data before login, only the public copy of some settings and its logo",
        "public-object-prefix",
        Swap("/public/*", "/*"),
        "tests/infra/iam/test_guard.py::test_the_public_role_reads_public_objects_of_its_dealer_and_writes_none",
    ),
    Mutation(
        PICTURE,
        "picture-type-by-content",
        Swap("begins.match(data)", 'kind.name == "PNG"'),
        "tests/rendering/test_pictures.py::test_what_is_no_good_picture_is_refused_with_what_to_do",
    ),
    Mutation(
        PICTURE,
        "picture-pixels-bounded",
        Condition("False"),
        "tests/rendering/test_pictures.py::test_what_is_no_good_picture_is_refused_with_what_to_do",
    ),
    Mutation(
        PICTURE,
        "picture-metadata",
        Swap('Image.new("RGBA", drawn.size)', "drawn.copy()"),
        "tests/rendering/test_pictures.py::test_nothing_but_pixels_remains_of_a_photo_and_it_stands_upright",
    ),
    Mutation(
        "Text in a dealer's colours can be read, whatever its admins choose",
        "brand-text-readable",
        Swap("contrast(wanted, background) >= MIN_CONTRAST", "background"),
        "tests/rendering/test_brand.py::test_whatever_is_chosen_the_stylesheet_reads",
    ),
    Mutation(
        "A look that somebody else has saved meanwhile is not replaced unseen",
        "brand-conflict",
        Swap("fingerprint(live) != seen", "not seen"),
        "tests/dealers/branding/test_operations.py::test_a_change_by_somebody_else_is_not_undone_unseen",
    ),
    Mutation(
        LOGOS,
        "logo-in-use-kept",
        Condition("True"),
        "tests/dealers/branding/test_operations.py::test_the_logo_that_somebody_else_is_about_to_save_stays",
    ),
    Mutation(
        "An uploaded logo is decoded once, however often its page is opened",
        "logo-decoded-once",
        Swap("etag, logo", "'', logo"),
        "tests/dealers/branding/test_operations.py::test_an_upload_is_decoded_once_however_often_its_page_is_opened",
    ),
    Mutation(
        "What somebody else has saved of texts and mails meanwhile is not replaced unseen",
        "wording-conflict",
        Condition("False"),
        "tests/dealers/wording/test_operations.py::test_of_two_admins_the_second_is_told",
    ),
    Mutation(
        "A mail that is previewed runs no script and reaches nothing but its pictures",
        "mail-preview-sandboxed",
        Swap(', "Content-Security-Policy": FRAMED', ""),
        "tests/web/staff/test_customise_mails.py::test_each_mail_is_previewed_as_html_and_text_with_the_draft",
    ),
    Mutation(
        "An admin sends tests of mails to their own address alone, ten an hour",
        "test-mails-limited",
        Swap("rate_limits.sample_mail_attempts(scope.person_id)", "()"),
        "tests/web/staff/test_customise_mails.py::test_a_test_goes_to_oneself_ten_times_an_hour",
    ),
    Mutation(
        "A preview of a look is its admin's alone, and nothing on it can be done",
        "preview-is-inert",
        Drop(),
        "tests/web/staff/test_customise.py::test_a_preview_shows_the_customers_own_pages_and_nothing_on_them_works",
    ),
    Mutation(
        LANDING_SAVED,
        "landing-conflict",
        Swap("fingerprint(before) != seen", "not seen"),
        "tests/dealers/landing/test_operations.py::test_a1_31_a_change_by_somebody_else_is_not_undone_unseen",
    ),
    Mutation(
        LANDING_SAVED,
        "landing-picture-renamed",
        Swap("replace(picture, picture_id=ids.ulid(now))", "picture"),
        "tests/dealers/landing/test_operations.py"
        "::test_a1_29_a_picture_is_public_only_once_it_is_saved_under_a_name_that_no_draft_had",
    ),
    Mutation(
        PICTURE,
        "picture-memory",
        Condition("False"),
        "tests/rendering/test_portraits.py::test_what_is_no_photo_is_answered_with_what_to_send",
    ),
    Mutation(
        OPERATORS,
        "operator-in-audit-row",
        Swap(", **caller_detail()", ""),
        "tests/infra/operator_commands/test_caller.py::test_each_audit_row_of_a_command_names_who_ran_it",
    ),
    Mutation(
        OPERATORS,
        "operator-known-to-aws",
        Value("Caller(_os_user())"),
        "tests/infra/operator_commands/test_caller.py::test_on_a_deployed_portal_it_is_whom_aws_knows_too",
    ),
    Mutation(
        SENDERS,
        "sender-of-nobody-else",
        Condition("False"),
        "tests/web/staff/test_customise_mails.py::test_what_cannot_be_used_is_said_at_its_field_and_kept"
        "[fields3-reads like the name of another dealer]",
    ),
    Mutation(
        TAKEN_DOWN,
        "landing-picture-of-shown-page",
        Swap(" or not found.shows_picture(named[1], now)", ""),
        "tests/dealers/landing/test_operations.py::test_a1_27_no_picture_of_a_page_that_was_taken_down_is_served",
    ),
    Mutation(
        DRAWN,
        "photos-previewed-limited",
        Drop(),
        "tests/web/test_profile_photo.py::test_nobody_has_pictures_drawn_all_day",
    ),
    Mutation(
        DRAWN,
        "photo-forms-limited",
        Drop(),
        "tests/web/test_profile_photo.py::test_nobody_has_forms_made_all_day",
    ),
    Mutation(
        DRAWN,
        "landing-pictures-limited",
        Drop(),
        "tests/web/staff/test_landing_page.py::test_a1_29_no_dealer_has_pictures_drawn_or_forms_made_all_day",
    ),
    Mutation(
        DRAWN,
        "landing-forms-limited",
        Drop(),
        "tests/web/staff/test_landing_page.py::test_a1_29_no_dealer_has_pictures_drawn_or_forms_made_all_day",
    ),
    Mutation(
        LANDING_PICTURE,
        "landing-picture-memory",
        Condition("False"),
        "tests/rendering/test_slot_pictures.py"
        "::test_a1_29_what_is_no_picture_for_the_place_is_answered_with_what_to_send",
    ),
    Mutation(
        LANDING_PICTURE,
        "picture-pixels-bounded",
        Condition("False"),
        "tests/rendering/test_slot_pictures.py"
        "::test_a1_29_what_is_no_picture_for_the_place_is_answered_with_what_to_send",
    ),
    Mutation(
        LANDING_PICTURE,
        "picture-type-by-content",
        Swap("begins.match(data)", 'kind.name == "PNG"'),
        "tests/rendering/test_slot_pictures.py"
        "::test_a1_29_what_is_no_picture_for_the_place_is_answered_with_what_to_send",
    ),
    Mutation(
        LANDING_LINK,
        "landing-link-https",
        Drop(),
        "tests/dealers/landing/test_model.py::test_a1_29_what_leads_anywhere_else_is_refused_with_what_to_enter",
    ),
    Mutation(
        LANDING_LINK,
        "landing-preview-is-inert",
        Swap(", {_INERT}", ""),
        "tests/web/staff/test_landing_page.py"
        "::test_a1_31_colours_and_texts_are_previewed_by_their_admin_alone_and_live_once_saved",
    ),
    Mutation(
        "A customer sees no other customer of the same dealer",
        "account-in-scope",
        Swap("ref not in", "not"),
        "tests/ledger/test_repo.py::test_another_s_account_is_not_found",
    ),
    Mutation(
        AREAS,
        "forwards-of-own-areas",
        Swap(" if _area(one) in scope.areas", ""),
        "tests/web/customer/test_send_on.py::test_who_is_kept_from_statements_sees_and_ends_none_that_was_sent_on",
    ),
    Mutation(
        AREAS,
        "areas-checked",
        Swap("not request.access.areas <= request.scope.areas", "False"),
        "tests/sweeps/test_areas.py::test_what_somebody_is_kept_from_is_not_found",
    ),
    Mutation(
        AREAS,
        "alerts-of-given-areas",
        Swap("kind.area and kind.area not in scope.areas", "False"),
        "tests/sweeps/test_areas.py::test_what_somebody_is_kept_from_is_not_found[messages]",
    ),
    Mutation(
        AREAS,
        "unread-of-given-areas",
        Condition("False"),
        "tests/alerts/conversations/test_repo.py::test_what_the_person_is_kept_from_does_not_count",
    ),
    Mutation(
        AREAS,
        "alerts-of-what-may-be-opened",
        Condition("False"),
        "tests/alerts/test_model.py::test_of_what_needs_an_area_nothing_is_shown_to_those_who_are_kept_from_it",
    ),
    Mutation(
        AREAS,
        "mails-of-given-areas",
        Swap("own and areas <= own.areas and", "own and"),
        "tests/customers/colleagues/test_repo.py::test_only_those_who_are_given_the_area_and_the_account_are_mailed",
    ),
    Mutation(
        AREAS,
        "colleague-accounts-limited",
        Swap("refs & self.accounts if self.accounts else refs", "refs"),
        "tests/customers/colleagues/test_model.py::test_only_accounts_that_are_named_are_reached",
    ),
    Mutation(
        AREAS,
        "ended-access-not-found",
        Swap("grant and grant.state in GONE", "False"),
        "tests/customers/colleagues/test_repo.py::test_a_change_counts_at_the_next_request",
    ),
    Mutation(
        AREAS,
        "only-accounts-of-the-group-given",
        Swap("{ref for ref, _name in place.group} & set", "set"),
        "tests/web/customer/test_colleagues.py::test_an_admin_of_a_group_chooses_among_its_accounts",
    ),
    Mutation(
        PEOPLE,
        "colleagues-managed-by-admins",
        Swap("not by.of_dealer and not any(one.is_admin and _is(one, by) for one in people)", "False"),
        "tests/customers/colleagues/test_operations.py::test_who_is_no_admin_any_more_manages_nobody",
    ),
    Mutation(
        PEOPLE,
        "last-admin-stays",
        Swap("not by.of_dealer and _is(one, by)", "False"),
        "tests/customers/colleagues/test_operations.py::test_nobody_takes_the_last_admin_away",
    ),
    Mutation(
        COLLEAGUES,
        "colleague-invitations-limited",
        Swap("5, DAY", "5_000, DAY"),
        "tests/web/customer/test_colleagues.py::test_nobody_is_mailed_all_day",
    ),
    Mutation(
        COLLEAGUES,
        "colleagues-capped",
        Swap(">= MAX_INVITATIONS", "> 10_000"),
        "tests/web/customer/test_colleagues.py::test_there_is_an_end_to_invitations",
    ),
    *(
        Mutation(
            COLLEAGUES,
            name,
            Swap("found.invited_by(before)", "[]"),
            "tests/web/customer/test_colleagues.py::test_invitations_of_who_is_no_admin_any_more_end_with_that",
        )
        for name in ("invitations-end-with-admin", "invitations-end-with-access")
    ),
    Mutation(
        COLLEAGUES,
        "no-area-unasked",
        Swap("frozenset()", "absent"),
        "tests/web/customer/test_colleagues.py::test_an_area_that_was_not_offered_is_not_given",
    ),
    Mutation(
        COLLEAGUES,
        "withdrawn-invitation-joins-nobody",
        Swap("found and found.state in GONE", "False"),
        "tests/customers/colleagues/test_operations.py::test_a_withdrawn_invitation_joins_nobody",
    ),
    Mutation(
        SEEN_BY_PEOPLE,
        "prefetch-counts-for-nothing",
        Swap('self.method != "HEAD" and not ahead', "True"),
        "tests/web/customer/test_shared_documents.py::test_c17_what_a_mail_scanner_or_a_browser_fetches_ahead_is_no_opening",
    ),
    Mutation(
        SEEN_BY_PEOPLE,
        "view-by-program-counts-for-nothing",
        Condition("False"),
        "tests/web/customer/test_viewing.py::test_c17_what_no_person_looks_at_is_no_view",
    ),
    Mutation(
        SEEN_BY_PEOPLE,
        "view-by-staff-counts-for-nothing",
        Condition("False"),
        "tests/web/customer/test_viewing.py::test_staff_who_see_as_the_customer_count_for_nothing",
    ),
    Mutation(
        NOTIFICATIONS,
        "alerts-of-reached-accounts",
        Swap("alert.account_ref in scope.account_refs and ", ""),
        "tests/alerts/test_model.py::test_only_what_the_scope_reaches_is_visible",
    ),
    Mutation(
        NOTIFICATIONS,
        "bell-of-the-person-alone",
        Swap("[] if scope.is_read_only else ", ""),
        "tests/alerts/test_operations.py::test_staff_who_look_see_nobodys_notifications",
    ),
    Mutation(
        UNSUBSCRIBING,
        "unsubscribe-link-expires",
        Swap(" or found.expires_at <= now", ""),
        "tests/web/public/test_unsubscribe.py::test_a_link_that_was_never_made_or_has_expired_does_nothing",
    ),
    Mutation(
        UNSUBSCRIBING,
        "no-way-out-of-a-must",
        Condition("False"),
        "tests/web/public/test_unsubscribe.py::test_there_is_no_way_out_of_a_must",
    ),
    Mutation(
        UNSUBSCRIBING,
        "must-is-sent",
        Swap("kind.channels if kind.must else ", ""),
        "tests/alerts/test_preferences.py::test_a_must_that_is_stored_counts_for_nothing",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "mails-as-chosen",
        Condition("False"),
        "tests/web/customer/test_notification_preferences.py::test_what_is_ticked_counts_from_the_next_mail_on",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "staff-mails-as-chosen",
        Condition("False"),
        "tests/notifications/kinds/test_staff_event.py::test_who_has_left_or_has_stopped_them_meanwhile_is_not_mailed",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "staff-told-once",
        Swap(", NotifiedStaffRecord.pk.does_not_exist()", ""),
        "tests/notifications/kinds/test_staff_event.py::test_an_event_that_is_done_twice_is_told_once",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "staff-mails-conflict",
        Condition("False"),
        "tests/web/staff/test_notifications.py::test_what_another_window_has_chosen_is_not_lost",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "preferences-conflict",
        Condition("False"),
        "tests/web/customer/test_notification_preferences.py::test_the_second_of_two_windows_is_told_and_keeps_what_it_has",
    ),
    Mutation(
        MAILS_AS_CHOSEN,
        "preferences-limited",
        Drop(),
        "tests/web/customer/test_notification_preferences.py::test_nobody_chooses_all_day",
    ),
    Mutation(
        "A removed member, and one whose session is too old, is nobody at once",
        "removal-ends-sessions",
        Drop(),
        "tests/identity/test_sessions.py::test_taking_a_membership_away_ends_its_sessions",
        also=(("removal-ends-late-sessions", Drop()),),
    ),
    Mutation(
        REUSED_NUMBER,
        "rows-of-own-era",
        Value("found"),
        "tests/web/customer/test_eras.py::test_the_new_customer_sees_the_new_era_alone_at_one_read_for_the_era",
    ),
    Mutation(
        MASTERS,
        "group-without-shut-accounts",
        Swap(" if not _is_shut(head)", ""),
        "tests/web/customer/test_account_group.py::test_accounts_that_let_nobody_in_are_left_out",
    ),
    Mutation(
        MASTERS,
        "group-account-in-scope",
        Condition("False"),
        "tests/web/customer/test_group_pages.py::"
        "test_of_other_accounts_and_those_that_let_nobody_in_nothing_is_found[/statements-5003]",
    ),
    Mutation(
        MASTERS,
        "row-of-open-account",
        Condition("False"),
        "tests/web/customer/test_account_group.py::test_accounts_that_let_nobody_in_are_left_out",
    ),
    Mutation(
        MASTERS,
        "master-told-of-present-era",
        Condition("master"),
        "tests/customers/test_groups.py::test_the_masters_people_are_told_of_an_account_in_its_present_era_alone",
    ),
    Mutation(
        REUSED_NUMBER,
        "era-at-each-request",
        Condition("False"),
        "tests/web/customer/test_eras.py"
        "::test_a_session_of_before_shows_nothing_of_the_new_era_even_before_it_is_ended",
    ),
    Mutation(
        REUSED_NUMBER,
        "doubtful-owner-suspended",
        Value("False"),
        "tests/ingest/test_owner_changes.py::test_name_and_email_of_another_suspend_the_account_and_the_run_says_so",
    ),
    Mutation(
        REUSED_NUMBER,
        "first-invitation-begins-era",
        Swap("entry.next_era", '""'),
        "tests/customers/enrolment/test_operations.py::test_the_first_invitation_goes_to_whoever_has_the_number_now",
    ),
    Mutation(
        REUSED_NUMBER,
        "earlier-rows-left-out",
        Value("False"),
        "tests/ingest/test_owner_changes.py::test_somebody_else_sees_their_own_rows_alone_from_the_next_export_on",
    ),
    Mutation(
        REUSED_NUMBER,
        "earlier-sheet-rows-left-out",
        Swap("> until", ">= ''"),
        "tests/ingest/test_owner_changes.py::test_statements_of_the_earlier_customer_are_left_out",
    ),
    Mutation(
        ACCOUNT_CHANGED,
        "ineligible-account-shut",
        Condition("False"),
        "tests/web/customer/test_account_changes.py::test_the_open_session_and_a_new_log_in[internal]",
    ),
    Mutation(
        "No dealer makes a mail cannon of the portal's address",
        "invitation-repeats-capped",
        Swap("REPEATS", "1_000"),
        "tests/customers/enrolment/test_operations.py"
        "::test_an_address_of_several_accounts_is_written_to_again_three_times_a_day",
    ),
    Mutation(
        "No dealer makes a mail cannon of the portal's address",
        "first-invitations-capped",
        Swap("10", "1_000"),
        "tests/customers/enrolment/test_operations.py::test_an_address_of_many_accounts_is_invited_ten_times_a_day",
    ),
    Mutation(
        "No dealer makes a mail cannon of the portal's address",
        "account-repeats-capped",
        Condition("False"),
        "tests/customers/enrolment/test_operations.py::test_it_is_sent_again_three_times_a_day_at_most",
        also=(("invitation-repeats-capped", Swap("REPEATS", "1_000")),),
    ),
    Mutation(
        "No dealer makes a mail cannon of the portal's address",
        "invitations-capped-by-dealer",
        Condition("False"),
        "tests/customers/enrolment/test_operations.py::test_a_dealers_invitations_of_a_day_are_counted_whole",
    ),
    Mutation(
        "One person has 20 sessions at most",
        "sessions-capped",
        Swap("others[: max(0, len(others) - (MAX_SESSIONS - 1))][:MAX_ENDED]", "others[:0]"),
        "tests/identity/test_sessions.py::test_the_oldest_session_ends_where_there_are_too_many",
    ),
    Mutation(
        REUSED_NUMBER,
        "era-ends-membership",
        Swap("<", ">"),
        "tests/customers/test_eras.py::test_the_membership_ends_with_its_sessions_and_only_this_account_s",
    ),
    Mutation(
        REUSED_NUMBER,
        "era-begins-afresh",
        Condition("False"),
        "tests/ledger/test_layout.py::test_an_era_does_not_begin_on_pages_of_the_one_before",
    ),
    Mutation(
        "A customer linked to a wrong account sees it no longer from the next request on",
        "unlink-account",
        Swap("account_ref=None, ", ""),
        "tests/web/customer/test_portal_customer.py"
        "::test_a_link_shows_the_ledger_to_the_open_session_and_taking_it_away_hides_it_at_once",
    ),
    Mutation(
        "Stored data is touched only through a scope",
        "repo-takes-scope",
        Swap("@scoped\ndef", "def"),
        "tests/sweeps/test_repos.py::test_every_repo_function_that_touches_the_store_takes_a_scope_first",
    ),
    Mutation(
        "A dealer's id is ten letters and digits, so no key of one begins as another's",
        "dealer-id-form",
        Swap('9]{10}"', '9*#]+"'),
        "tests/store/test_keys.py::test_ids_that_would_reach_further_are_refused",
    ),
    Mutation(
        "Every data call passes under the key guard",
        "key-guard-watches-table",
        Swap('in {"dynamodb", "s3"}', '== "s3"'),
        "tests/sweeps/test_key_guard.py::test_every_call_of_two_dealers_days_is_judged",
    ),
    Mutation(
        "A tenant's role reaches the keys and objects of its dealer alone",
        "tenant-leading-keys",
        Swap('"D#${aws:PrincipalTag/dealer}#*"', '"D#*"'),
        "tests/infra/iam/test_guard.py::test_a_tenant_role_may_not[get another dealer's]",
    ),
    Mutation(
        "A tenant's role reaches the keys and objects of its dealer alone",
        "tenant-object-prefix",
        Swap("${FilesBucket.Arn}/d/${!aws:PrincipalTag/dealer}/*", "${FilesBucket.Arn}/d/*"),
        "tests/infra/iam/test_guard.py::test_a_tenant_role_may_not[get another dealer's object]",
    ),
    Mutation(
        "The function that serves pages can write no public address and become no operator",
        "pages-are-no-operator",
        Swap("Assumes: [Tenant, Identity, Public]", "Assumes: [Tenant, Identity, Public, Operator]"),
        "tests/infra/package/test_sam_template.py::test_pages_send_no_mail_and_are_no_operator_and_imports_know_no_persons",
    ),
    Mutation(
        AUDITED,
        "audit-append-only",
        Swap('"D#${aws:PrincipalTag/dealer}#AUDIT#*"', '"D#nobody#AUDIT#*"'),
        "tests/infra/iam/test_guard.py::test_a_tenant_role_may_not[delete an audit row]",
    ),
    Mutation(
        AUDITED,
        "logout-audited",
        Swap(", audit]", "]"),
        "tests/sweeps/test_extra_fields.py::test_a_form_does_what_it_is_for_and_no_more_and_leaves_an_audit_row[/logout]",
    ),
    Mutation(
        "No filter of the audit trail costs more than its bound",
        "audit-read-bounded",
        Condition("False"),
        "tests/store/test_audit.py::test_what_matches_nothing_reads_no_more_than_its_bound",
    ),
    Mutation(
        OWN_TRAIL,
        "trail-of-own-accounts",
        Condition("False"),
        "tests/store/test_audit.py::test_a_customer_reads_what_was_done_to_their_own_accounts_alone",
    ),
    Mutation(
        OWN_TRAIL,
        "own-events-listed",
        Condition("False"),
        "tests/web/customer/test_activity.py::test_a_line_is_for_customers_only_if_its_event_is_listed",
    ),
    Mutation(
        OWN_TRAIL,
        "own-era-of-trail",
        Swap("max(known_since, era_began + timedelta(milliseconds=1)) if era_began else known_since", "known_since"),
        "tests/customers/test_account_activity.py::test_nothing_of_the_earlier_customer_is_shown",
    ),
    Mutation(
        WHERE_FROM,
        "addresses-for-admins",
        Swap('lines if scope.is_admin else [line._replace(origin="") for line in lines]', "lines"),
        "tests/web/staff/test_activity.py::test_where_it_came_from_is_for_admins",
    ),
    Mutation(
        AUDITED,
        "audit-row-not-replaced",
        Value("None"),
        "tests/store/test_audit.py::test_no_audit_row_is_put_over_another",
    ),
    Mutation(
        "Login, reset and invitation say the same of known and unknown, after the same calls",
        "login-same-reads",
        Swap(
            "repo.person(scope, repo.person_id_or_decoy(scope, email))",
            "repo.person(scope, found) if (found := repo.person_id_of(scope, email)) else None",
        ),
        "tests/web/auth/test_enumeration.py::test_log_in_tells_nobody_who_is_known[page]",
    ),
    Mutation(
        "Login, reset and invitation say the same of known and unknown, after the same calls",
        "cancel-same-reads",
        Swap("repo.membership", 'None if person_id.startswith("NOBODY") else repo.membership'),
        "tests/web/auth/test_enumeration.py::test_staff_learn_nothing_by_inviting",
    ),
    Mutation(
        "How long they take says nothing either",
        "login-same-argon2",
        Swap("try", "if stored is None:\n        return False\n\n    try"),
        "tests/web/auth/test_enumeration.py::test_as_much_is_hashed_for_nobody_as_for_somebody",
    ),
    Mutation(
        GUESSING,
        "limit-login-by-account",
        Swap("10", "1_000"),
        "tests/identity/test_rate_limits.py::test_many_addresses_cannot_try_one_account",
    ),
    Mutation(
        GUESSING,
        "limit-login-by-address",
        Swap("10", "1_000"),
        "tests/identity/test_rate_limits.py::test_one_address_cannot_try_many_accounts",
    ),
    Mutation(
        SECOND_FACTOR,
        "password-is-half",
        Condition("not person.factors or link_hash"),
        "tests/identity/test_second_step.py::test_an_invitation_is_accepted_with_the_second_step_and_not_before",
    ),
    Mutation(
        SECOND_FACTOR,
        "second-step-before-session",
        Condition("False"),
        "tests/identity/test_second_step.py::test_a_session_without_the_second_factor_is_a_defect",
    ),
    Mutation(
        SECOND_FACTOR,
        "login-of-current-factors",
        Swap(" & same", ""),
        "tests/identity/test_second_step.py::test_a_login_whose_factor_is_set_up_in_between_begins_no_session",
    ),
    Mutation(
        SECOND_FACTOR,
        "second-step-consumes-login",
        Swap("factor_writes.consume_pending_login(login.login_id, now), ", ""),
        "tests/identity/test_second_step.py::test_a_login_is_used_once",
    ),
    Mutation(
        SECOND_FACTOR,
        "pending-login-expires",
        Swap(" or login.expires_at <= now", ""),
        "tests/identity/test_second_step.py::test_a_login_ends_after_ten_minutes",
    ),
    Mutation(
        SECOND_FACTOR,
        "pending-login-bound-to-password",
        Swap(" or person.credentials_version != login.credentials_version", ""),
        "tests/identity/test_second_step.py::test_a_new_password_ends_a_login_that_waits",
    ),
    Mutation(
        CODES,
        "code-counts-once",
        Swap("model.last_step < step", "None"),
        "tests/identity/test_second_step.py::test_a_code_that_two_browsers_send_at_once_lets_one_in",
    ),
    Mutation(
        CODES,
        "recovery-code-used-once",
        Swap("model.hashes == list(before)", "None"),
        "tests/identity/test_second_step.py::test_a_code_that_two_browsers_send_at_once_lets_one_in",
    ),
    Mutation(
        CODES,
        "limit-codes",
        Drop(),
        "tests/identity/test_second_step.py::test_codes_are_tried_five_times_in_five_minutes",
    ),
    Mutation(
        TRUSTED,
        "trusted-browser-ends",
        Value("now < device.expires_at"),
        "tests/identity/test_second_step.py::test_a_trusted_browser_ends_with_the_password_the_factor_and_by_hand",
    ),
    Mutation(
        REQUIRED_FACTOR,
        "second-factor-required",
        Condition("False"),
        "tests/web/auth/test_second_step.py::test_b25_customers_must_have_one_only_where_the_dealer_says_so",
    ),
    Mutation(
        REQUIRED_FACTOR,
        "switcher-shows-after-factor",
        Swap(" and not shut", ""),
        "tests/web/auth/test_second_step.py::test_b25_customers_must_have_one_only_where_the_dealer_says_so",
    ),
    Mutation(
        FACTOR_CHANGES,
        "factor-change-asks-password",
        Condition("False"),
        "tests/identity/test_factors.py::test_nothing_is_begun_or_ended_without_the_password",
    ),
    Mutation(
        FACTOR_CHANGES,
        "factor-off-asks-code",
        Swap("confirm_code(scope, person, code, session=session, now=now)", "CodeProof(FactorKind.APP, ())"),
        "tests/identity/test_factors.py::test_an_app_is_turned_off_with_a_code_and_its_recovery_codes_go",
    ),
    Mutation(
        FACTOR_CHANGES,
        "app-asks-code",
        Swap("code_proofs.confirm_factor(scope, person, code, session=session, now=now)", "None"),
        "tests/identity/test_code_factors.py::test_an_app_is_begun_with_a_code_of_what_is_on",
    ),
    Mutation(
        CODES,
        "code-used-up",
        Swap("[*proof.uses]", "[]"),
        "tests/identity/test_code_factors.py::test_what_turns_one_of_several_off_is_used_up",
    ),
    Mutation(
        RECOVERY_CODES,
        "recovery-code-notified",
        Condition("False"),
        "tests/identity/test_code_factors.py::test_each_recovery_code_that_is_used_is_told_to_its_owner",
    ),
    Mutation(
        FACTOR_CHANGES,
        "new-codes-ask-code",
        Swap("confirm_code(scope, person, code, session=session, now=now)", "CodeProof(FactorKind.RECOVERY, ())"),
        "tests/identity/test_factors.py::test_new_recovery_codes_replace_the_old_ones",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-expires",
        Value("True"),
        "tests/identity/sent_codes/test_operations.py::test_a_code_works_for_ten_minutes",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-tried-five-times",
        Swap(" & (model.tries < MAX_TRIES)", ""),
        "tests/identity/sent_codes/test_operations.py::test_five_wrong_tries_use_a_code_up",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-counts-once",
        Swap("(model.code_hash == code.code_hash) & (model.expires_at > now)", "None"),
        "tests/identity/test_code_factors.py::test_a_code_that_two_pages_take_at_once_does_for_one",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-bound-to-login",
        Swap("{bound.bound_to}", "one"),
        "tests/identity/sent_codes/test_operations.py::test_a_code_opens_no_other_login_of_the_same_person",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-of-current-address",
        Swap("sent.to == address_of(scope, person, sent.kind)", "sent.to"),
        "tests/identity/sent_codes/test_operations.py::test_a_code_that_went_to_another_address_opens_nothing",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-of-factor",
        Condition("False"),
        "tests/identity/sent_codes/test_operations.py::test_a_code_of_before_they_were_turned_off_opens_nothing",
    ),
    Mutation(
        SENT_CODES,
        "sent-code-hashed-slowly",
        Swap("passwords.hash_password(code)", "code"),
        "tests/identity/sent_codes/test_operations.py::test_only_a_slow_hash_of_it_is_stored",
    ),
    Mutation(
        SENDING_CODES,
        "sent-codes-limited",
        Drop(),
        "tests/identity/sent_codes/test_operations.py::"
        "test_codes_are_sent_so_often_a_day_and_strangers_use_up_none_of_the_owners",
    ),
    Mutation(
        SENDING_CODES,
        "resend-after-a-minute",
        Condition("False"),
        "tests/identity/sent_codes/test_operations.py::test_another_code_is_sent_after_a_minute_and_replaces_the_first",
    ),
    Mutation(
        SENDING_CODES,
        "no-code-sent-while-locked",
        Drop(),
        "tests/web/auth/test_sent_codes.py::test_after_five_wrong_codes_the_page_says_how_long_to_wait_and_sends_none",
    ),
    Mutation(
        SENDING_CODES,
        "code-sent-to-who-turned-it-on",
        Condition("False"),
        "tests/identity/sent_codes/test_operations.py::test_codes_are_sent_to_who_has_turned_them_on",
    ),
    Mutation(
        CODE_FACTORS,
        "mailbox-proved-first",
        Swap(
            "sent_codes.check(scope, bound=bound, person=person, typed=typed, now=now)",
            "sent_codes_repo.sent_code(scope, bound)",
        ),
        "tests/identity/test_code_factors.py::test_the_code_that_came_through_turns_them_on_and_brings_recovery_codes",
    ),
    Mutation(
        CODE_FACTORS,
        "code-factor-asks-code",
        Swap("code_proofs.confirm_factor(scope, person, code, session=session, now=now)", "None"),
        "tests/identity/test_code_factors.py::test_beside_another_factor_a_code_of_it_is_asked_for",
    ),
    Mutation(
        CODE_FACTORS,
        "number-change-asks-code",
        Swap("code_proofs.confirm_factor(scope, person, code, session=session, now=now)", "None"),
        "tests/web/auth/test_sms_codes.py::test_another_number_is_proved_with_a_code_of_the_one_before",
    ),
    Mutation(
        TEXTS,
        "text-to-one-number",
        Condition("False"),
        "tests/mail/test_texts.py::test_what_is_no_number_or_more_than_one_message_is_not_sent",
    ),
    Mutation(
        TEXTS,
        "text-to-allowed-country",
        Condition("False"),
        "tests/profiles/test_numbers.py::test_no_text_message_goes_anywhere_else",
    ),
    Mutation(
        TEXTS,
        "texts-limited",
        Value("()"),
        "tests/web/auth/test_sms_codes.py::test_text_messages_are_bounded_whatever_else",
    ),
    Mutation(
        OWN_TEXTS,
        "texts-of-owner-alone",
        Condition("True"),
        "tests/identity/sent_codes/test_text_limits.py::test_strangers_who_name_a_number_use_up_nothing_of_its_owners",
    ),
    Mutation(
        OWN_TEXTS,
        "texts-of-own-dealer",
        Swap("sorted(own, key=lambda one: (one != asked_at, one))", "[asked_at or '', *sorted(own)]"),
        "tests/identity/sent_codes/test_text_limits.py::test_a_text_message_counts_for_a_dealer_of_the_persons_own",
    ),
    Mutation(
        OWN_TEXTS,
        "texts-of-offering-dealer",
        Swap("offers_sms_codes", "slug != ''"),
        "tests/identity/sent_codes/test_text_limits.py::test_nothing_counts_for_a_dealer_that_offers_no_text_messages",
    ),
    Mutation(
        OWN_TEXTS,
        "refused-code-costs-nothing",
        Drop(),
        "tests/identity/sent_codes/test_text_limits.py::test_what_is_refused_costs_nothing",
    ),
    Mutation(
        TEXTS,
        "texts-only-where-offered",
        Swap("offers_sms_codes", "slug != ''"),
        "tests/web/auth/test_sms_codes.py::test_nobody_is_offered_them_whose_dealer_has_not_said_so",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-as-chosen",
        Condition("True"),
        "tests/notifications/kinds/test_alert_text.py::test_of_other_kinds_and_to_who_has_not_ticked_it_none_is_sent",
        also=(("texts-still-chosen", Value("email")),),
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-still-chosen",
        Value("email"),
        "tests/notifications/kinds/test_alert_text.py::test_what_has_changed_by_the_morning_counts_at_once",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-only-where-turned-on",
        Condition("False"),
        "tests/notifications/kinds/test_alert_text.py::test_nobody_is_texted_by_default_nor_by_a_dealer_that_has_not_turned_it_on",
        also=(("texts-turned-off-at-once", Condition("False")),),
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-turned-off-at-once",
        Condition("False"),
        "tests/notifications/kinds/test_alert_text.py::test_what_has_changed_by_the_morning_counts_at_once",
    ),
    Mutation(
        ALERT_TEXTS,
        "alert-text-to-allowed-country",
        Value("found.number"),
        "tests/notifications/kinds/test_alert_text.py::test_what_has_changed_by_the_morning_counts_at_once",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-by-day",
        Condition("True"),
        "tests/notifications/kinds/test_alert_text.py::test_by_night_it_waits_for_the_morning_and_what_has_changed_by_then_counts",
    ),
    Mutation(
        ALERT_TEXTS,
        "texted-once-of-an-event",
        Swap(", TextRecord.pk.does_not_exist()", ""),
        "tests/notifications/kinds/test_alert_text.py::test_an_event_is_texted_once_and_what_was_surely_not_sent_is_tried_again",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-of-a-person-bounded",
        Condition("False"),
        "tests/alerts/texts/test_operations.py::test_one_that_is_tried_again_counts_once_and_a_sixth_of_the_day_is_not_sent",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-of-a-month-bounded",
        Condition("False"),
        "tests/alerts/texts/test_operations.py::test_where_the_month_is_used_up_admins_have_one_task",
    ),
    Mutation(
        ALERT_TEXTS,
        "used-up-said-once",
        Swap("model.is_notified.does_not_exist() | (model.is_notified == False)", "None"),
        "tests/alerts/texts/test_operations.py::test_where_the_month_is_used_up_admins_have_one_task",
    ),
    Mutation(
        ALERT_TEXTS,
        "text-number-proved-first",
        Swap(
            "sent_codes.check(scope, bound=_bound(session), person=person, typed=typed, now=now)",
            "being_proved(scope, session=session, now=now)",
        ),
        "tests/identity/test_text_numbers.py::test_a_number_is_kept_once_its_code_is_entered_and_no_factor_comes_with_it",
    ),
    Mutation(
        ALERT_TEXTS,
        "alert-texts-only-where-offered",
        Value("True"),
        "tests/web/customer/test_text_number.py::test_while_the_dealer_has_not_turned_it_on_nothing_of_it_shows",
    ),
    Mutation(
        ALERT_TEXTS,
        "texts-need-proved-number",
        Drop(),
        "tests/web/customer/test_text_number.py::test_b31_a_number_is_proved_a_kind_is_ticked_and_a_text_message_comes",
    ),
    Mutation(
        OWN_INVITATION,
        "invitation-of-own-fresh-session",
        Value("True"),
        "tests/web/auth/test_invitation.py::test_who_is_logged_in_as_somebody_else_reads_so_and_may_log_out",
    ),
    Mutation(
        WEAK_FACTORS,
        "code-factor-for-customers",
        Condition("False"),
        "tests/identity/test_code_factors.py::test_staff_cannot_turn_them_on",
    ),
    Mutation(
        WEAK_FACTORS,
        "sent-code-not-beside-staff-factor",
        Condition("False"),
        "tests/identity/sent_codes/test_operations.py::test_staff_who_have_an_app_are_sent_nothing",
    ),
    Mutation(
        WEAK_FACTORS,
        "sent-code-not-for-staff",
        Value("False"),
        "tests/web/auth/test_sent_codes.py::test_for_staff_they_are_not_enough",
    ),
    Mutation(
        WEAK_FACTORS,
        "staff-need-strong-factor",
        Swap(" and not (is_staff and session.weak_factor)", ""),
        "tests/web/auth/test_sent_codes.py::test_for_staff_they_are_not_enough",
    ),
    Mutation(
        CODES,
        "limit-own-codes",
        Swap(", Attempt(CODE_OWN_DAY, person_id)", ""),
        "tests/identity/test_factors.py::"
        "test_codes_are_guessed_fifty_times_a_day_when_logged_in_and_leave_an_event_each",
    ),
    Mutation(
        CODES,
        "own-code-guess-recorded",
        Drop(),
        "tests/identity/test_factors.py::"
        "test_codes_are_guessed_fifty_times_a_day_when_logged_in_and_leave_an_event_each",
    ),
    Mutation(
        CODES,
        "limit-codes-of-all-browsers",
        Swap("person_id", "device or person_id[:1]"),
        "tests/identity/test_second_step.py::test_codes_are_tried_200_times_a_day_in_all_browsers_together",
    ),
    Mutation(
        CODES,
        "reset-makes-no-device-beside-factor",
        Condition("False"),
        "tests/identity/test_second_step.py::test_a_mailbox_gives_no_more_guesses_of_codes",
    ),
    Mutation(
        FACTOR_RESET,
        "factor-of-others-kept",
        Condition("False"),
        "tests/web/staff/test_users.py::"
        "test_the_second_factor_of_somebody_whom_another_dealer_knows_is_not_ours_to_reset",
    ),
    Mutation(
        FACTOR_RESET,
        "own-factor-kept",
        Condition("False"),
        "tests/web/staff/test_users.py::test_ones_own_second_factor_is_reset_by_another_admin",
    ),
    Mutation(
        FACTOR_RESET,
        "reset-waits-or-second-operator",
        Condition("False"),
        "tests/infra/operator_commands/test_factor.py::test_it_is_reset_a_day_later_or_by_another_operator",
    ),
    Mutation(
        FACTOR_RESET,
        "newer-factor-kept",
        Swap(" or person.factors_version > before", ""),
        "tests/infra/operator_commands/test_factor.py::test_what_was_set_up_since_stays",
    ),
    Mutation(
        SHORT_PASSWORDS,
        "password-length-by-factor",
        Value("MIN_LENGTH_WITH_FACTOR"),
        "tests/identity/test_factors.py::test_with_a_second_factor_a_password_of_eight_will_do_until_it_is_given_up",
    ),
    Mutation(
        SHORT_PASSWORDS,
        "short-password-changed",
        Swap("passwords.is_short(proof.password)", "False"),
        "tests/identity/test_factors.py::test_with_a_second_factor_a_password_of_eight_will_do_until_it_is_given_up",
    ),
    Mutation(
        GUESSING,
        "limit-link-use",
        Drop(),
        "tests/web/auth/test_enumeration.py::test_a_link_is_tried_within_the_limiter",
    ),
    Mutation(
        "Guesses of strangers keep nobody out of a browser that they have logged in with",
        "known-device-counts-alone",
        Swap("if device", "if device and not email"),
        "tests/identity/test_devices.py::test_guesses_of_strangers_do_not_stop_a_browser_that_is_known",
    ),
    Mutation(
        LENGTHS,
        "email-length-first",
        Swap("> MAX_EMAIL_LENGTH", "> 10**9"),
        "tests/kernel/test_emails.py::test_a_length_is_looked_at_before_anything_else",
    ),
    Mutation(
        LENGTHS,
        "password-length-first",
        Swap("[:MAX_TYPED_LENGTH]", ""),
        "tests/sweeps/test_hostile_lengths.py::test_no_field_of_an_open_form_costs_more_for_being_long[/login-password]",
    ),
    Mutation(
        "One person's files and one dealer's uploads are limited",
        "downloads-limited",
        Drop(),
        "tests/web/customer/test_transactions.py::test_a_person_makes_ten_files_in_five_minutes_one_at_a_time",
    ),
    Mutation(
        "One person's files and one dealer's uploads are limited",
        "begun-uploads-limited",
        Swap("MAX_BEGUN))", "10**9))"),
        "tests/ingest/test_upload_forms.py::test_uploads_that_never_come_are_few_and_in_nobodys_way",
    ),
    Mutation(
        "Each request that is turned away leaves one event and one count, which name nobody",
        "refusal-logged",
        Swap("if why", "if not why"),
        "tests/http/test_refusals.py::test_each_refusal_is_one_event[too many]",
    ),
    Mutation(
        "An address is CloudFront's word for it; X-Forwarded-For is never read",
        "address-from-connection",
        Swap("str(self.raw", 'self.header("x-forwarded-for") or str(self.raw'),
        "tests/web/auth/test_login.py::test_a_forged_forwarded_for_does_not_change_who_is_counted",
    ),
    Mutation(
        "A deployed portal answers only its own front, and nobody while the secret that proves it is missing",
        "origin-secret-required",
        Swap("bool(secrets)", "not secrets"),
        "tests/http/test_request.py::test_a_call_that_bypasses_cloudfront_is_refused",
    ),
    Mutation(
        "A deployed portal answers only its own front, and nobody while the secret that proves it is missing",
        "origin-secret-configured",
        Swap("not self.origin_secrets", "self.origin_secrets is None"),
        "tests/test_settings.py::test_a_deployed_portal_answers_nobody_without_an_origin_secret",
    ),
    Mutation(
        "Passwords are long, not guessable, and kept by argon2id",
        "argon2-memory",
        Swap("19_456", "1_024"),
        "tests/identity/test_passwords.py::test_argon2id_with_the_chosen_cost",
    ),
    Mutation(
        "Passwords are long, not guessable, and kept by argon2id",
        "guessable-refused",
        Swap("is_guessable(text, context=context)", "len(text) < 0"),
        "tests/identity/test_passwords.py::test_what_is_guessed_first_is_refused",
    ),
    Mutation(
        "A dump of the table logs nobody in",
        "secrets-stored-hashed",
        Value("secret"),
        "tests/identity/test_links.py::test_a_dump_of_the_table_holds_nothing_usable",
    ),
    Mutation(
        "A login in a browser that is new to the person is mailed to them, so that nobody else does so unnoticed",
        "new-device-notified",
        Condition("True"),
        "tests/notifications/kinds/test_new_device.py::test_a_login_on_a_new_device_is_told_with_when_where_and_what_to_do",
    ),
    Mutation(
        PASSKEYS,
        "passkey-domain",
        Swap(
            "expected_origin=party.origin",
            "expected_origin=[*loads(base64url_to_bytes(loads(response)['response']['clientDataJSON'])).values()]",
        ),
        "tests/identity/passkeys/test_operations.py::test_what_is_not_signed_here_is_refused[other origin]",
    ),
    Mutation(
        PASSKEYS,
        "passkey-verifies-user",
        Swap("True", "False"),
        "tests/identity/passkeys/test_operations.py::test_what_is_not_signed_here_is_refused[user not verified]",
    ),
    Mutation(
        PASSKEYS,
        "passkey-user-handle",
        Swap(" or sent.user_handle != passkey.person_id", ""),
        "tests/identity/passkeys/test_operations.py::test_what_is_not_signed_here_is_refused[another person]",
    ),
    Mutation(
        PASSKEYS,
        "passkey-challenge-once",
        Drop(),
        "tests/identity/passkeys/test_operations.py::test_an_answer_counts_once",
    ),
    Mutation(
        PASSKEYS,
        "passkey-challenge-bound",
        Swap(" or found.bound_to != bound_to", ""),
        "tests/identity/passkeys/test_operations.py::test_a_challenge_is_of_the_browser_that_asked",
    ),
    Mutation(
        PASSKEYS_ADDED,
        "passkey-one-owner",
        Swap("Put(owner, PasskeyOwnerRecord.pk.does_not_exist())", "Put(owner)"),
        "tests/identity/passkeys/test_operations.py::test_a_credential_of_somebody_else_is_never_taken_over",
    ),
    Mutation(
        PASSKEYS_ADDED,
        "passkey-asks-code",
        Condition("False"),
        "tests/identity/passkeys/test_operations.py::test_beside_an_app_a_code_is_asked_for_too",
    ),
    Mutation(
        PASSKEYS_ADDED,
        "passkeys-capped",
        Condition("False"),
        "tests/identity/passkeys/test_operations.py::test_there_are_ten_at_most",
    ),
    Mutation(
        PASSKEY_FACTOR,
        "passkey-is-factor",
        Condition("True"),
        "tests/identity/passkeys/test_second_step.py::test_the_first_passkey_is_a_second_factor_and_brings_recovery_codes",
    ),
    Mutation(
        PASSKEY_FACTOR,
        "passkey-of-current-factors",
        Swap("writes.require_same_credentials(person), ", ""),
        "tests/identity/passkeys/test_second_step.py::test_a_passkey_is_not_added_while_the_factors_are_reset",
    ),
    Mutation(
        PASSKEY_FACTOR,
        "last-passkey-is-no-factor",
        Condition("True"),
        "tests/identity/passkeys/test_second_step.py::test_the_last_passkey_goes_with_the_password_and_a_code_and_its_recovery_codes_go",
    ),
    Mutation(
        PASSKEY_FACTOR,
        "passkey-bound-to-pending-login",
        Value("found.person.person_id"),
        "tests/identity/passkeys/test_second_step.py::test_an_answer_is_for_the_login_that_waits_alone",
    ),
    Mutation(
        PASSKEY_FACTOR,
        "second-step-own-passkey",
        Swap("found.person.person_id", "repo.owner_id(scope, passkey_id(sent.credential_id)) or ''"),
        "tests/identity/passkeys/test_second_step.py::test_a_passkey_of_somebody_else_is_refused",
    ),
    Mutation(
        FACTOR_CHANGES,
        "passkey-removal-asks-password",
        Drop(),
        "tests/identity/passkeys/test_second_step.py::test_the_last_passkey_goes_with_the_password_and_a_code_and_its_recovery_codes_go",
    ),
    Mutation(
        RESET_BY_MAIL,
        "reset-noted",
        Condition("False"),
        "tests/identity/passkeys/test_second_step.py::test_after_a_reset_by_mail_a_passkey_of_before_works_after_the_new_password_alone",
    ),
    Mutation(
        RESET_BY_MAIL,
        "reset-stops-passkeys",
        Condition("False"),
        "tests/identity/passkeys/test_second_step.py::test_after_a_reset_by_mail_a_passkey_of_before_works_after_the_new_password_alone",
    ),
    Mutation(
        FACTOR_CHANGES,
        "app-secret-of-its-session",
        Swap(" or found.session_id != session.session_id", ""),
        "tests/identity/test_factors.py::test_what_an_app_is_to_read_is_shown_where_it_was_begun_alone",
    ),
    Mutation(
        FACTOR_CHANGES,
        "removed-passkey-ends-sessions",
        Swap(
            "factors.renew_sessions(",
            "(lambda *_, **__: factors.FactorChange(identity.commit(scope, (dropped, *notices)) or '', session))(",
        ),
        "tests/identity/passkeys/test_second_step.py::test_of_several_the_one_that_is_removed_ends_what_it_has_opened",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "limit-passkeys-at-second-step",
        Drop(),
        "tests/identity/passkeys/test_second_step.py::test_passkeys_and_codes_share_five_tries",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "limit-passkey-challenges",
        Drop(),
        "tests/identity/passkeys/test_operations.py::test_an_address_asks_and_answers_so_often",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "passkey-junk-not-counted",
        Swap(
            "answer = _answered(",
            "rate_limits.consume(scope, rate_limits.passkey_used_attempts(client.address, None), now=now); "
            "answer = _answered(",
        ),
        "tests/identity/passkeys/test_operations.py::test_what_answers_nothing_counts_nothing",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "known-device-asks-alone",
        Swap("if device", "if not 1"),
        "tests/identity/passkeys/test_operations.py::test_others_at_the_address_keep_nobody_out_of_their_own_browser",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "known-device-answers-alone",
        Swap("if device", "if not 1"),
        "tests/identity/passkeys/test_operations.py::test_others_at_the_address_keep_nobody_out_of_their_own_browser",
    ),
    Mutation(
        PASSKEYS_LIMITED,
        "limit-passkey-logins",
        Drop(),
        "tests/identity/passkeys/test_operations.py::test_an_address_asks_and_answers_so_often",
    ),
    Mutation(
        SESSION_ENDS,
        "login-ends-old-session",
        Swap("changes += _end_old", "_end_old"),
        "tests/identity/test_sessions.py::test_log_in_ends_the_session_that_the_browser_had",
    ),
    Mutation(
        SESSION_ENDS,
        "logout-ends-session",
        Swap("*writes.end_session(session.person_id, session.session_id), audit", "audit"),
        "tests/web/auth/test_login.py::test_log_out_ends_the_session_for_every_copy_of_its_cookie",
    ),
    Mutation(
        SESSION_ENDS,
        "session-limits",
        Swap(" and (idle < _ALWAYS_LIVE or idle < idle_limit(session))", ""),
        "tests/identity/test_sessions.py::test_a_session_ends_when_idle_for_thirty_minutes",
    ),
    Mutation(
        SESSION_ENDS,
        "session-limits",
        Swap("now < session.expires_at and ", ""),
        "tests/identity/test_sessions.py::test_a_session_in_use_ends_after_twelve_hours",
    ),
    Mutation(
        "Cookies are of this host alone, over TLS alone, and hidden from scripts",
        "cookie-attributes",
        Swap("HttpOnly; SameSite", "SameSite"),
        "tests/web/auth/test_login.py::test_the_session_cookie_is_bound_to_this_host_and_hidden_from_scripts",
    ),
    Mutation(
        "A one-time link works once, for its time, and only a form uses it up",
        "invitation-used-once",
        Swap("writes.consume_link(invitation.link_hash, now),\n        writes.put_membership", "writes.put_membership"),
        "tests/web/auth/test_login.py::test_complete_my_account",
    ),
    Mutation(
        "A one-time link works once, for its time, and only a form uses it up",
        "link-expires",
        Swap("purpose or found.expires_at <= now", "purpose"),
        "tests/identity/test_links.py::test_an_invitation_ends_after_fourteen_days",
    ),
    Mutation(
        "No answer holds what a mail holds",
        "reset-link-only-by-mail",
        Swap(
            'page(request, "auth/forgot_sent.html", **shown)',
            'redirect(f"/reset/{request.services.ids.secret()}")',
        ),
        "tests/web/auth/test_enumeration.py::test_no_answer_holds_the_link_that_goes_by_mail",
    ),
    Mutation(
        "A form of another site does nothing",
        "csrf-token-required",
        Swap("not _token_fits(request)", "False"),
        "tests/sweeps/test_route_matrix.py::test_no_form_works_without_its_token[/staff/accounts/invite-POST]",
    ),
    Mutation(
        "A form of another site does nothing",
        "csrf-same-origin",
        Value("bool(site)"),
        "tests/http/test_csrf.py::test_a_call_that_began_elsewhere_is_refused",
    ),
    Mutation(
        "A link in a mail changes nothing by being opened",
        "logout-by-post",
        Swap("routes.post", "routes.get"),
        "tests/web/auth/test_login.py::test_no_get_changes_anything",
    ),
    Mutation(
        "No host that a caller names gets into a page, a redirect or a mail",
        "upload-returns-to-base-url",
        Swap('f"{request.services.settings.base_url', "f\"https://{request.header('host')"),
        "tests/sweeps/test_led_away.py::test_no_header_names_the_host[/staff/imports-GET]",
    ),
    Mutation(
        "No field leads anybody to another site",
        "redirect-local-only",
        Value("bool(path)"),
        "tests/http/test_responses.py::test_redirect_tricks_are_refused",
    ),
    Mutation(
        "A hostile text in any field stays text, in pages, mails and papers",
        "autoescape",
        Swap('select_autoescape(("html", "svg", "xml"), default=False)', "False"),
        "tests/browser/test_hostile.py::test_hostile_texts_stay_text",
    ),
    Mutation(
        "A hostile text in any field stays text, in pages, mails and papers",
        "pdf-drops-undrawable",
        Value("text"),
        "tests/rendering/test_invoice_pdf.py::test_hostile_text_is_only_text",
    ),
    Mutation(
        "Were a text to become a script, the policy of the page would stop it",
        "csp-script-self",
        Swap("pt-src 'self'\"", "pt-src 'self' 'unsafe-inline'\""),
        "tests/http/test_headers.py::test_every_answer_is_protected",
    ),
    Mutation(
        "Pages are kept by no cache, and those of links tell nobody their address",
        "no-referrer-on-links",
        Swap('"no-referrer" if access.audience is Audience.VISITOR else "same', '"same'),
        "tests/http/test_headers.py::test_private_pages_are_never_kept",
    ),
    Mutation(
        "A form that makes something counts once, however often it is sent",
        "form-counts-once",
        Swap("if not form_results.claim", "if False and not form_results.claim"),
        "tests/http/test_idempotency.py::test_the_second_time_nothing_is_done_and_the_answer_is_the_first",
    ),
    Mutation(
        "A field that a form does not have changes nothing",
        "upload-fields-allow-list",
        Swap("set(body) !", "not set(body) >"),
        "tests/sweeps/test_extra_fields.py::test_an_extra_field_of_an_upload_client_is_refused",
    ),
    Mutation(
        "A field that a form does not have changes nothing",
        "feed-fields-allow-list",
        Swap("set(body) !", "not set(body) >"),
        "tests/sweeps/test_extra_fields.py::test_an_extra_field_about_the_feed_is_refused",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "changes-limited",
        Drop(),
        "tests/web/customer/test_details.py::test_nobody_asks_all_day",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "consents-limited",
        Drop(),
        "tests/web/customer/test_contact_preferences.py::test_nobody_chooses_all_day",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "newest-consent-replaced",
        Swap(", as_read", ""),
        "tests/customers/consents/test_operations.py::test_of_two_choices_at_once_the_later_withdraws_the_other",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "one-open-change-a-field",
        Swap(", is_newest", ""),
        "tests/customers/change_requests/test_operations.py::"
        "test_a_newer_request_for_the_field_refuses_one_that_was_begun_before",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "disputes-limited",
        Drop(),
        "tests/web/customer/test_disputes.py::test_a_person_raises_so_many_a_day",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "one-open-dispute-a-row",
        Condition("False"),
        "tests/disputes/test_operations.py::test_a_row_is_in_one_open_dispute",
    ),
    Mutation(
        DISPUTES,
        "dispute-states",
        Condition("False"),
        "tests/disputes/test_model.py::test_no_way_leads_elsewhere_and_it_is_reopened_at_most_once",
    ),
    Mutation(
        DISPUTES,
        "disputes-of-own-era",
        Swap("not isinstance(scope, CustomerScope) or ", "True or "),
        "tests/disputes/test_operations.py::test_anothers_is_not_found",
    ),
    Mutation(
        DISPUTES,
        "dispute-seen-version",
        Condition("False"),
        "tests/disputes/test_operations.py::test_of_two_of_the_staff_the_second_reads_that_it_changed",
    ),
    Mutation(
        STATEMENTS,
        "statements-of-own-era",
        Swap('scope.eras.get(ref, "") if isinstance(scope, CustomerScope) else era', "era"),
        "tests/statements/test_operations.py::test_only_its_own_customer_finds_it",
    ),
    Mutation(
        STATEMENTS,
        "statement-opens-with-last-closing",
        Swap("made.closing - before.closing", "made.closing - made.opening"),
        "tests/statements/test_monthly.py::test_over_24_months_each_statement_begins_where_the_last_ended",
    ),
    Mutation(
        STATEMENTS,
        "statement-mail-to-its-people",
        Swap("made is None or email not in", "made is None or False and email not in"),
        "tests/statements/test_operations.py::test_nobody_is_mailed_who_may_not_log_in_any_more",
    ),
    Mutation(
        "Items of the feed are taken by staff or by a program, never by both",
        "feed-one-taker",
        Swap("Check(FeedSettingsRecord, *settings_key(scope), _is_taker(taker)), ", ""),
        "tests/feed/test_operations.py::test_who_takes_items_may_change_at_that_moment",
    ),
    Mutation(
        "A field that a form does not have changes nothing",
        "api-key-field-allow-list",
        Swap('"name"', '"account_name") or request.form.get("name"'),
        "tests/sweeps/test_extra_fields.py::test_a_form_does_what_it_is_for_and_no_more_and_leaves_an_audit_row[/staff/imports/api-keys]",
    ),
    Mutation(
        "An API key is shown once",
        "api-key-shown-once",
        Swap(" & model.shown_at.does_not_exist()", ""),
        "tests/identity/test_api_keys.py::test_a_key_is_shown_once",
    ),
    Mutation(
        "No text of an export is a formula in a spreadsheet, and numbers are numbers",
        "formula-prefix",
        Value("text"),
        "tests/web/test_formulas.py::test_no_csv_holds_a_formula",
    ),
    Mutation(
        "No text of an export is a formula in a spreadsheet, and numbers are numbers",
        "xlsx-neutral",
        Swap("neutral(cell)", "cell"),
        "tests/web/test_formulas.py::test_no_workbook_holds_a_formula_and_its_numbers_are_numbers",
    ),
    Mutation(
        "No text of an export is a formula in a spreadsheet, and numbers are numbers",
        "rejects-neutral",
        Value("list(texts)"),
        "tests/web/test_formulas.py::test_no_csv_holds_a_formula",
    ),
    Mutation(
        "A form for an upload is for one name, one type and a size, for a quarter of an hour",
        "upload-form-lifetime",
        Swap("15 * 60", "3600"),
        "tests/ingest/test_upload_forms.py::test_every_form_is_for_one_object_and_ends_soon",
    ),
    Mutation(
        "A form for an upload is for one name, one type and a size, for a quarter of an hour",
        "presigned-post-length",
        Swap("max_bytes", "max_bytes * 1000"),
        "tests/ingest/test_upload_forms.py::test_every_form_is_for_one_object_and_ends_soon",
    ),
    Mutation(
        "A bundle is opened only as far as it is safe",
        "zip-ratio",
        Swap("100", "100_000_000"),
        "tests/ccx/test_archive.py::test_a_bomb",
    ),
    Mutation(
        "A bundle is opened only as far as it is safe",
        "zip-no-parent-paths",
        Swap('".." in parts\n        or "."', '"."'),
        "tests/ccx/test_archive.py::test_names_that_leave_their_place",
    ),
    Mutation(
        "A document is shown by a link of a minute to another origin, under a name that breaks no header",
        "presigned-get-lifetime",
        Swap("60", "3600"),
        "tests/store/test_blobs.py::test_a_link_names_the_file_and_carries_the_dealers_role",
    ),
    Mutation(
        "A document is shown by a link of a minute to another origin, under a name that breaks no header",
        "download-file-name",
        Swap('re.sub(r"[^A-Za-z0-9._-]", "_", filename)', "filename"),
        "tests/http/test_responses.py::test_a_file_keeps_its_name_and_cannot_break_the_header",
    ),
    Mutation(
        "No line break gets into a mail's header, and a mail goes to one address",
        "mail-header-one-line",
        Swap("not c.isprintable()", 'c in "\\r\\n"'),
        "tests/mail/test_sender.py::test_no_line_break_gets_into_a_header",
    ),
    Mutation(
        "No line break gets into a mail's header, and a mail goes to one address",
        "mail-header-printable",
        Swap("header_text(render", "str(render"),
        "tests/mail/test_messages.py::test_what_a_customer_calls_a_question_never_keeps_its_mail_from_leaving",
    ),
    Mutation(
        "No line break gets into a mail's header, and a mail goes to one address",
        "mail-one-address",
        Swap("Address(addr_spec=_one_address(mail.to))", "mail.to"),
        "tests/mail/test_sender.py::test_one_mail_goes_to_one_address",
    ),
    Mutation(
        "The log holds no secret, no name and no email of a tenant",
        "log-redacted",
        Swap("redact(log)", "log"),
        "tests/test_observability.py::test_no_secret_reaches_a_line",
    ),
    Mutation(
        "The log holds no secret, no name and no email of a tenant",
        "addresses-redacted",
        Value("text"),
        "tests/test_observability.py::test_no_email_address_reaches_a_line",
    ),
    Mutation(
        SCANNED,
        "only-clean-verdict",
        Swap("is Verdict.NO_THREATS_FOUND", "is not Verdict.THREATS_FOUND"),
        "tests/uploads/test_intake.py::test_only_no_threats_found_is_clean",
    ),
    Mutation(
        SCANNED,
        "one-version-only",
        Swap("self.object_version in {None, version}", "True"),
        "tests/uploads/test_intake.py::test_a_fact_of_another_version_says_nothing_of_this_one",
    ),
    Mutation(
        SCANNED,
        "both-facts-needed",
        Swap("file.is_checked and file.verdict", "file.is_checked or file.verdict"),
        "tests/uploads/test_intake.py::test_both_facts_in_any_order_and_twice",
    ),
    Mutation(
        HOSTILE_FILES,
        "picture-pixels-bounded",
        Condition("False"),
        "tests/uploads/checks/test_pictures.py::test_pixels_are_counted_before_any_is_read",
    ),
    Mutation(
        HOSTILE_FILES,
        "picture-fresh-canvas",
        Swap('Image.new(mode, upright.size, 255 if mode == "L" else _WHITE)', "upright"),
        "tests/uploads/checks/test_pictures.py::test_a_photo_stands_the_right_way_up_and_says_nothing_of_its_camera",
    ),
    Mutation(
        HOSTILE_FILES,
        "pdf-ends-as-pdf",
        Condition("False"),
        "tests/uploads/checks/test_pdf.py::test_nothing_comes_after_its_end",
    ),
    Mutation(
        HOSTILE_FILES,
        "pdf-nothing-active",
        Condition("False"),
        "tests/uploads/checks/test_pdf.py::test_what_no_table_of_objects_leads_to_is_found_too",
    ),
    Mutation(
        HOSTILE_FILES,
        "no-markup-as-text",
        Condition("False"),
        "tests/uploads/checks/test_text.py::test_markup_is_not_text",
    ),
    Mutation(
        HOSTILE_FILES,
        "office-unpacked-bounded",
        Condition("False"),
        "tests/uploads/checks/test_office.py::test_what_would_unpack_to_too_much_is_refused",
    ),
    Mutation(
        HOSTILE_FILES,
        "office-no-macros",
        Condition("False"),
        "tests/uploads/checks/test_office.py::test_parts_that_run_or_are_files_of_their_own_are_refused",
    ),
    Mutation(
        HOSTILE_FILES,
        "no-dtd",
        Swap("forbid_dtd=True", "forbid_dtd=False"),
        "tests/uploads/checks/test_office.py::test_a_dtd_is_damage",
    ),
    Mutation(
        QUARANTINED,
        "tenant-only-puts-into-quarantine",
        Swap("d/${!aws:PrincipalTag/dealer}/*", "d/*"),
        "tests/infra/iam/test_guard.py::test_a_tenant_role_may_not[put into another dealer's quarantine]",
    ),
    Mutation(
        QUARANTINED,
        "intake-object-prefix",
        Swap("d/${!aws:PrincipalTag/dealer}/*", "d/*"),
        "tests/infra/iam/test_guard.py::test_the_intake_role_may_not[read another dealer's quarantine]",
    ),
    Mutation(
        "An account sends so many files a day",
        "daily-files-limited",
        Condition("False"),
        "tests/uploads/test_operations.py::test_an_account_sends_so_many_files_a_day",
    ),
    Mutation(
        "A dealer's program fetches the documents that it is told of and no other file, and each fetch is audited",
        "only-passed-on-files-fetched",
        Swap(" or not found.file.in_feed", ""),
        "tests/uploads/test_feed_items.py::test_without_a_program_nothing_is_told",
    ),
    Mutation(
        "An account is asked for so many documents at once",
        "open-document-requests-limited",
        Condition("False"),
        "tests/uploads/document_requests/test_operations.py::test_an_account_is_asked_for_so_much_at_once",
    ),
    Mutation(
        REUSED_NUMBER,
        "document-requests-of-own-era",
        Swap(" if one.era == era", ""),
        "tests/uploads/document_requests/test_operations.py::test_of_an_earlier_era_nothing_is_asked_for",
    ),
    Mutation(
        REUSED_NUMBER,
        "files-for-own-era",
        Swap(" or found.era != era", ""),
        "tests/uploads/document_requests/test_operations.py::test_of_an_earlier_era_nothing_is_asked_for",
    ),
    Mutation(
        REUSED_NUMBER,
        "files-of-own-era",
        Swap(" if file.era == era", ""),
        "tests/uploads/test_operations.py::test_of_an_earlier_era_nothing_is_shown",
    ),
    Mutation(
        REUSED_NUMBER,
        "shared-of-own-era",
        Swap(" and file.era == era", ""),
        "tests/uploads/test_shared_queries.py::test_of_another_era_nothing_is_shown",
    ),
    Mutation(
        SHARED,
        "only-visible-documents",
        Swap("self.is_visible", "True"),
        "tests/uploads/test_shared_queries.py::test_only_visible_documents_are_reached",
    ),
    Mutation(
        SHARED,
        "only-checked-documents",
        Swap("self.state is FileState.ACCEPTED", "True"),
        "tests/uploads/test_shared_queries.py::test_only_checked_ones_are",
    ),
    Mutation(
        "A document that staff delete is gone with its content, and none that is being checked outlives its record",
        "not-deleted-while-checked",
        Swap("self.state is not FileState.RECEIVED", "True"),
        "tests/uploads/test_sharing.py::test_what_is_being_checked_is_not_deleted_for_its_content_could_outlive_it",
    ),
    Mutation(
        "A document that staff delete is gone with its content, and none that is being checked outlives its record",
        "thumbnail-deleted-with-content",
        Swap(", thumbnail_name(file_id)", ""),
        "tests/notifications/kinds/test_document_deleted.py::test_the_thumbnail_of_a_picture_goes_with_it",
    ),
    Mutation(
        FORWARD_LINK,
        "forward-ends",
        Swap(" or not found.is_live(now)", ""),
        "tests/web/customer/test_send_on.py::test_it_is_sent_opened_counted_and_ended",
    ),
    Mutation(
        FORWARD_LINK,
        "forward-views-by-post",
        Drop(),
        "tests/web/customer/test_send_on.py::test_it_is_sent_opened_counted_and_ended",
    ),
    Mutation(
        FORWARD_LINK,
        "forward-of-present-people",
        Drop(),
        "tests/web/customer/test_send_on.py::test_it_ends_with_the_access_of_who_sent_it",
    ),
    Mutation(
        FORWARD_LINK,
        "forwards-of-own-era",
        Swap("not isinstance(scope, CustomerScope) or ", "True or "),
        "tests/web/customer/test_send_on.py::test_an_earlier_customer_of_the_number_left_nothing",
    ),
    Mutation(
        FORWARD_LINK,
        "forward-link-expires",
        Swap(" and now < found.expires_at", ""),
        "tests/identity/test_forward_links.py::test_a_link_leads_to_its_document_until_it_expires",
    ),
    Mutation(
        FORWARD_MAIL,
        "forward-message-without-links",
        Swap("holds_link(said)", "False"),
        "tests/web/customer/test_send_on.py::test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost",
    ),
    Mutation(
        FORWARD_MAIL,
        "names-without-links",
        Swap("holds_link(seen) or _NO_NAME.search(seen)", "False"),
        "tests/kernel/test_names.py::test_what_leads_somewhere_or_says_something_is_none",
    ),
    Mutation(
        FORWARD_MAIL,
        "forwards-limited",
        Drop(),
        "tests/web/customer/test_send_on.py::test_too_many_are_too_many",
    ),
    Mutation(
        VOLUMES,
        "volumes-one-worker",
        Condition("False"),
        "tests/downloads/test_volumes.py::test_what_a_dead_function_has_done_is_kept_and_the_rest_done_later",
    ),
    Mutation(
        VOLUMES,
        "volumes-limited",
        Swap(", many=True", ""),
        "tests/web/customer/test_transaction_documents.py::test_one_who_waits_is_told_so_and_too_many_are_too_many",
    ),
    Mutation(
        VOLUMES,
        "download-of-present-access",
        Condition("False"),
        "tests/web/test_background_downloads.py"
        "::test_access_that_has_ended_or_become_less_since_it_was_asked_for_counts",
    ),
    Mutation(
        VOLUMES,
        "download-of-present-staff",
        Condition("False"),
        "tests/web/test_background_downloads.py::test_who_is_of_the_staff_no_more_gets_nothing_made",
    ),
    Mutation(
        VOLUMES,
        "download-mail-of-present-people",
        Condition("False"),
        "tests/notifications/kinds/test_download_ready.py::test_who_may_not_log_in_any_more_is_not_mailed",
    ),
    Mutation(
        "Documents in one download are few and not too large, and a customer's is fetched while all in it are shown",
        "archive-files-limited",
        Condition("False"),
        "tests/web/staff/test_document_downloads.py::test_too_many_and_too_much_say_how_much_is_allowed",
    ),
    Mutation(
        "Documents in one download are few and not too large, and a customer's is fetched while all in it are shown",
        "archive-bytes-limited",
        Condition("False"),
        "tests/web/staff/test_document_downloads.py::test_too_many_and_too_much_say_how_much_is_allowed",
    ),
    Mutation(
        "Documents in one download are few and not too large, and a customer's is fetched while all in it are shown",
        "archive-of-shown-documents",
        Swap("archives.chosen_in(found, FIELD)", "()"),
        "tests/web/customer/test_document_downloads.py::test_an_archive_goes_with_what_is_hidden_or_deleted",
    ),
    Mutation(
        "Documents in one download are few and not too large, and a customer's is fetched while all in it are shown",
        "merged-pages-limited",
        Condition("False"),
        "tests/rendering/test_merged_pdf.py::test_a_file_that_would_make_it_too_long_is_left_out_whole",
    ),
    Mutation(
        "The thumbnail of a picture is reached as the picture itself and no longer, and is nothing but pixels",
        "thumbnail-of-accepted-only",
        Condition("False"),
        "tests/uploads/test_queries.py::test_only_a_picture_that_is_accepted_has_a_link_to_its_thumbnail",
    ),
    Mutation(
        "An account holds so many documents of its dealer's, and staff send it so many a day",
        "documents-of-account-limited",
        Condition("False"),
        "tests/uploads/test_sharing.py::test_an_account_holds_so_many",
    ),
    Mutation(
        ADMINS_TASKS,
        "admins-tasks-taken",
        Condition("False"),
        "tests/tasks/test_operations.py::test_what_an_admin_decides_is_taken_by_admins_alone",
    ),
    Mutation(
        ADMINS_TASKS,
        "admins-tasks-to-admins",
        Swap("is_for(role)", "is_for(Role.ADMIN)"),
        "tests/tasks/test_operations.py::test_what_an_admin_decides_is_not_given_to_others",
    ),
    Mutation(
        VIEWERS,
        "viewer-reads-only",
        Condition("False"),
        "tests/web/staff/test_impersonation.py::test_nothing_is_changed_by_a_form",
    ),
    Mutation(
        VIEWERS,
        "viewer-role-read-only",
        Swap("read_only=scope.is_read_only", "read_only=False"),
        "tests/store/test_roles.py::test_a_read_only_role_writes_nothing_by_any_way",
    ),
    Mutation(
        VIEWERS,
        "viewer-own-session",
        Condition("found is None"),
        "tests/customers/impersonation/test_operations.py::test_it_lasts_half_an_hour_for_the_session_that_began_it",
    ),
    Mutation(
        VIEWERS,
        "viewer-half-hour",
        Condition("False"),
        "tests/customers/impersonation/test_operations.py::test_it_lasts_half_an_hour_for_the_session_that_began_it",
    ),
    Mutation(
        VIEWERS,
        "viewer-stopped",
        Condition("False"),
        "tests/customers/impersonation/test_operations.py::test_who_has_stopped_sees_nothing_more_until_they_begin_again",
    ),
    Mutation(
        "Of two admins who change settings at once the second is notified, and nothing of the first is lost",
        "settings-conflict",
        Condition("False"),
        "tests/web/staff/test_settings.py::test_of_two_admins_the_second_is_told_and_loses_nothing_that_was_entered",
    ),
    Mutation(
        "Of two windows in which somebody changes their profile the second is notified, and nothing of the first is "
        "lost",
        "profile-conflict",
        Condition("False"),
        "tests/profiles/test_operations.py::test_of_two_windows_the_second_is_told_and_the_first_stays",
    ),
    Mutation(
        "Nobody fills the trail with changes of their own profile",
        "profile-changes-limited",
        Drop(),
        "tests/web/test_profile.py::test_nobody_changes_their_profile_all_day",
    ),
    Mutation(
        PHOTOS,
        "photo-of-own-people",
        Condition("False"),
        "tests/web/test_profile_photo.py::test_staff_see_a_colleagues_photo_and_nobody_else_does",
    ),
    Mutation(
        PHOTOS,
        "photo-of-own-upload",
        Condition("False"),
        "tests/web/test_profile_photo.py::test_a_file_that_has_not_come_or_is_anothers_can_be_chosen_again",
    ),
    Mutation(
        PHOTOS,
        "photos-limited",
        Drop(),
        "tests/web/test_profile_photo.py::test_nobody_has_pictures_drawn_all_day",
    ),
    Mutation(
        PHOTOS,
        "portrait-fresh-canvas",
        Swap("(255, 255, 255)", "(0, 0, 0)"),
        "tests/rendering/test_portraits.py::test_what_is_transparent_is_white",
    ),
    Mutation(
        EMAILS,
        "email-changes-limited",
        Drop(),
        "tests/web/auth/test_email_change.py::test_nobody_sends_links_all_day",
    ),
    Mutation(
        EMAILS,
        "email-change-address-by-person",
        Swap('f"{person_id}\\n{email}"', "email"),
        "tests/web/auth/test_email_change.py::test_strangers_who_name_an_address_keep_nobody_from_changing_to_it",
    ),
    Mutation(
        EMAILS,
        "email-change-mails-limited",
        Swap("rate_limits.is_within(scope, count, now=now)", "True"),
        "tests/web/auth/test_email_change.py::"
        "test_past_so_many_mails_an_address_is_sent_no_more_and_the_answer_is_the_same",
    ),
    Mutation(
        EMAILS,
        "email-link-needs-person",
        Condition("False"),
        "tests/web/auth/test_email_change.py::test_without_a_session_the_password_is_asked_for",
    ),
    Mutation(
        EMAILS,
        "email-change-asks-code",
        Swap("confirm_factor(scope, person, code, session=session, now=now)", "None"),
        "tests/web/auth/test_email_change.py::test_who_has_a_second_factor_shows_it",
    ),
    Mutation(
        EMAILS,
        "email-change-ends-reset",
        Drop(),
        "tests/web/auth/test_email_change.py::test_a_link_for_a_password_that_lies_in_the_old_mailbox_works_no_more",
    ),
    Mutation(
        EMAILS,
        "password-ends-email-change",
        Drop(),
        "tests/web/auth/test_email_change.py::test_another_password_ends_a_change_that_waits",
    ),
    Mutation(
        STAFF_ENDS,
        "active-staff-not-invited",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_a_link_that_is_left_opens_nothing_after_a_change_and_meanwhile_"
        "gives_nothing_back",
    ),
    Mutation(
        STAFF_ENDS,
        "change-ends-open-link",
        Drop(),
        "tests/dealership_users/test_operations.py::test_a_link_that_is_left_opens_nothing_after_a_change_and_meanwhile_"
        "gives_nothing_back",
    ),
    Mutation(
        STAFF_ENDS,
        "deleted-invitation-joins-nobody",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_a_login_whose_invitation_was_deleted_meanwhile_ends",
    ),
    Mutation(
        STAFF_ENDS,
        "session-role-current",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_no_session_begins_with_a_role_of_before",
    ),
    Mutation(
        LAST_ADMIN,
        "role-giver-is-admin",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_a_role_is_given_by_somebody_who_is_an_admin_still",
    ),
    Mutation(
        LAST_ADMIN,
        "last-admin-kept",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_neither_oneself_nor_the_only_admin_is_deleted",
    ),
    Mutation(
        LAST_ADMIN,
        "own-role-kept",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_a_role_is_changed_by_another_admin",
    ),
    Mutation(
        LIST_DECIDES,
        "deleter-is-listed",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_who_left_the_list_does_nothing_more_whatever_their_session_says",
    ),
    Mutation(
        LIST_DECIDES,
        "key-maker-is-admin",
        Condition("False"),
        "tests/identity/test_api_keys.py::test_who_is_no_admin_on_the_list_any_more_makes_and_revokes_none",
    ),
    Mutation(
        LIST_DECIDES,
        "key-maker-asked-again",
        Drop(),
        "tests/identity/test_api_keys.py::test_a_key_that_was_made_while_the_role_was_taken_away_works_for_nobody",
    ),
    Mutation(
        "A person deletes at most 5 users of the dealership a day, and the other admins are notified of each",
        "deletions-capped",
        Drop(),
        "tests/dealership_users/test_operations.py::test_five_users_a_day_and_the_other_admins_are_told",
    ),
    Mutation(
        CAMPAIGNS,
        "bounced-address-not-campaigned",
        Condition("False"),
        "tests/customers/campaigns/test_readiness.py::test_who_complained_is_told_apart_and_a_corrected_address_is_ready",
    ),
    Mutation(
        CAMPAIGNS,
        "one-campaign-at-a-time",
        Drop(),
        "tests/customers/campaigns/test_operations.py::test_one_campaign_runs_at_a_time",
    ),
    Mutation(
        CAMPAIGNS,
        "campaign-decided-as-seen",
        Condition("False"),
        "tests/customers/campaigns/test_operations.py::test_pause_resume_and_cancel_count_as_the_admin_saw_it",
    ),
    Mutation(
        "Nobody becomes staff by a slip: a customer's address, or the first of its domain, is confirmed",
        "doubtful-colleague-confirmed",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_an_address_that_may_be_the_wrong_one_is_confirmed_first",
    ),
    Mutation(
        "A dealer has no more users than its allowance, pending ones included",
        "user-allowance",
        Condition("False"),
        "tests/dealership_users/test_operations.py::test_the_allowance_counts_pending_ones_and_says_whom_to_ask",
    ),
    Mutation(
        "A held export is a task of the staff for exactly as long as it is held",
        "held-task-ends",
        Condition("True"),
        "tests/ingest/test_held_task.py::test_whatever_ends_that_ends_the_task",
    ),
    Mutation(
        "An invitation that bounced is a task of the staff until another is sent, or it is cancelled, accepted or "
        "another customer's",
        "undelivered-task-ends",
        Condition("False"),
        "tests/customers/enrolment/test_undelivered.py::test_whatever_ends_that_ends_the_task",
    ),
    Mutation(
        ASKED_AGAIN,
        "asked-again-still-wanted",
        Condition("False"),
        "tests/notifications/kinds/test_document_asked_again.py::test_only_the_last_reason_is_mailed",
    ),
    Mutation(
        ASKED_AGAIN,
        "asked-again-of-present-people",
        Condition("False"),
        "tests/notifications/kinds/test_document_asked_again.py::test_nobody_is_told_who_may_not_log_in_any_more",
    ),
    Mutation(
        REPLY,
        "reply-address-expires",
        Swap(" and found.expires_at > now", ""),
        "tests/replies/test_operations.py::test_an_address_that_is_unknown_or_has_expired_adds_nothing",
    ),
    Mutation(
        REPLY,
        "reply-by-present-people",
        Condition("False"),
        "tests/replies/test_operations.py::test_who_has_lost_access_adds_nothing",
    ),
    Mutation(
        REPLY_SENDER,
        "reply-from-own-address",
        Swap("not is_own or ", ""),
        "tests/replies/test_operations.py::test_from_another_address_nothing_is_added_and_the_person_is_told",
    ),
    Mutation(
        REPLY_SENDER,
        "reply-sender-genuine",
        Condition("True"),
        "tests/replies/test_receipt.py::test_a_sender_is_genuine_by_dmarc_or_by_spf_of_the_same_domain",
    ),
    Mutation(
        REPLY_SENDER,
        "reply-verdicts",
        Value("True"),
        "tests/replies/test_receipt.py::test_what_is_spam_or_was_not_scanned_is_not_clean",
    ),
    Mutation(
        REPLY_SENDER,
        "reply-scanned",
        Swap("ScanEnabled: true", "ScanEnabled: false"),
        "tests/infra/package/test_replies.py::test_mails_are_received_scanned_and_from_our_rule_alone",
    ),
    Mutation(
        MAIL_IN,
        "mail-object-prefix",
        Swap("/mail/*", "/*"),
        "tests/infra/iam/test_guard.py::test_the_mail_role_may_not[read what a dealer's people sent]",
    ),
    Mutation(
        MAIL_IN,
        "reply-size",
        Condition("False"),
        "tests/replies/test_operations.py::test_what_cannot_be_added_is_told",
    ),
    *(
        Mutation(
            MAIL_IN,
            name,
            Condition("False"),
            "tests/replies/test_limits.py::test_what_no_program_writes_is_refused_at_once",
        )
        for name in ("reply-lines", "reply-header-length", "reply-headers")
    ),
    Mutation(
        REPLY_SENDER,
        "reply-one-from",
        Swap("if named <= 1", "if named"),
        "tests/replies/test_receipt.py::test_a_mail_with_two_senders_has_none",
    ),
    Mutation(
        MAIL_IN,
        "replies-limited",
        Condition("False"),
        "tests/replies/test_operations.py::test_a_person_sends_so_many_mails_a_day",
    ),
    Mutation(
        THREADS,
        "threads-of-own-era",
        Value("True"),
        "tests/messages/test_operations.py::test_of_an_earlier_customer_nothing_waits_and_nothing_is_shown",
    ),
    Mutation(
        THREADS,
        "answers-to-present-people",
        Condition("False"),
        "tests/notifications/kinds/test_message_answered.py::test_nobody_is_told_who_may_not_log_in_any_more",
    ),
    Mutation(
        REUSED_NUMBER,
        "master-reads-present-era",
        Condition("master"),
        "tests/messages/test_answer_mails.py::"
        "test_somebody_of_the_master_who_wrote_is_mailed_while_the_account_is_theirs",
    ),
    Mutation(
        RECIPIENTS,
        "offered-recipients-alone",
        Condition("False"),
        "tests/messages/recipients/test_operations.py::test_a_question_goes_to_whom_it_is_for",
    ),
    Mutation(
        RECIPIENTS,
        "recipients-fall-back",
        Condition("to"),
        "tests/messages/recipients/test_operations.py::test_what_was_for_a_group_or_person_who_is_gone_is_the_defaults",
    ),
    Mutation(
        NOTES,
        "notes-for-staff-alone",
        Swap("isinstance(scope, DealerScope)", "scope"),
        "tests/messages/test_operations.py::test_a_note_is_for_staff_alone_and_answers_nothing",
    ),
    Mutation(
        ANSWERS,
        "staff-have-read-what-they-answer",
        Condition("False"),
        "tests/messages/test_operations.py::"
        "test_a_message_that_staff_have_not_seen_keeps_them_from_answering_and_closing",
    ),
    Mutation(
        ANSWERS,
        "thread-of-one-version",
        Swap(".version == after.version", ".pk.exists()"),
        "tests/messages/test_operations.py::test_what_was_read_before_somebody_else_wrote_is_not_written_over_it",
    ),
    Mutation(
        "A customer gives staff no more to do than a person could mean",
        "messages-limited",
        Drop(),
        "tests/web/customer/test_messages.py::test_a_person_writes_so_many_a_day",
    ),
    Mutation(
        ATTACHED,
        "attached-to-this-owner",
        Swap(" or (found.file.owner_id, found.file.era) != (owner.owner_id, owner.era)", ""),
        "tests/uploads/test_attaching.py::test_it_belongs_to_what_it_was_sent_for_and_to_nothing_else",
    ),
    Mutation(
        ATTACHED,
        "files-of-what-is-open",
        Condition("False"),
        "tests/web/test_attachments.py::test_a_dispute_that_has_ended_takes_no_files",
    ),
    Mutation(
        ATTACHED,
        "no-file-to-ended-dispute",
        Condition("False"),
        "tests/notifications/kinds/test_file_attached.py"
        "::test_one_that_comes_after_the_end_of_its_dispute_is_left_out_and_its_sender_is_told",
    ),
    Mutation(
        ATTACHED_FEW,
        "attached-files-limited",
        Condition("False"),
        "tests/uploads/test_attaching.py::test_five_are_on_their_way_at_a_time_fifty_in_all_and_so_many_a_day",
    ),
    Mutation(
        ATTACHED_FEW,
        "attachments-limited",
        Drop(),
        "tests/web/test_attachments.py::test_a_person_attaches_so_many_a_day",
    ),
    Mutation(
        REUSED_NUMBER,
        "unread-of-own-era",
        Value("True"),
        "tests/alerts/conversations/test_repo.py::test_of_another_era_or_account_nothing_counts",
    ),
)

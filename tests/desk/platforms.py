"""Files as learning platforms write them, made by the rules of the platforms themselves, not by our own code."""

import codecs

STUDENTS = [
    ("ada", "Ada", "Lovelace", "ada@example.edu", "111", "2001", "ada1"),
    ("bob", "Bob", "Müller", "bob@example.edu", "112", "2002", "bob1"),
    ("cem", "Cem", "Öztürk", "cem@example.edu", "113", "2003", "cem1"),
    ("dan", "Dan", "Low", "dan@example.edu", "114", "2004", "dan1"),
]
ROSTER = "id,first_name,last_name,email,moodle_id,canvas_id,blackboard_id\n" + "".join(
    ",".join(each) + "\n" for each in STUDENTS
)


def canvas_export(title="Lesson 3 (5501)", possible="9.00"):
    """The gradebook's export: BOM, a row about posting, points possible, totals to be read only, the test student."""
    head = f"Student,ID,SIS User ID,SIS Login ID,Section,{title},Other work (5502),Current Score,Final Score"
    rows = [
        head,
        ",,,,,Manual Posting,,,",
        f"    Points Possible,,,,,{possible},10.00,(read only),(read only)",
        '"Lovelace, Ada",2001,ada,ada@example.edu,Group 1,,7.50,75.00,75.00',
        '"Müller, Bob",2002,bob,bob@example.edu,"Group 1, late",EX,,,',
        '"Öztürk, Cem",2003,,cem1@login.example.edu,Group 2,4.00,,40.00,40.00',
        '"Low, Dan",2004,dan,dan@example.edu,Group 2,,,,',
        '"Stranger, A",2099,s1,s1@example.edu,Group 2,,,,',
        '"Student, Test",2100,,b6740f0b94,Group 1,,,0.00,0.00',
    ]
    return codecs.BOM_UTF8 + "\n".join([*rows, ""]).encode()


def canvas_export_with_split_names():
    """The same with "Split student names" switched on in the gradebook."""
    lines = canvas_export().decode().replace("Student,ID", "LastName,FirstName,ID", 1).splitlines()
    named = [line.replace(", ", '","', 1) for line in lines[3:]]
    return "\n".join([lines[0], f",{lines[1]}", lines[2].replace(",", ",,", 1), *named, ""]).encode()


def moodle_worksheet(possible="9.00"):
    """An assignment's grading worksheet, whose dates have commas in them."""
    head = (
        "Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments"
    )
    handed_in = '"Tuesday, 3 November 2026, 2:05 PM",-,'
    rows = [
        head,
        f"Participant 111,Ada Lovelace,,ada@example.edu,Submitted for grading,,{possible},Yes,{handed_in}",
        f"Participant 112,Bob Müller,bob,,Submitted for grading,,{possible},No,{handed_in}",
        f"Participant 113,Cem Öztürk,,,Submitted for grading,,{possible},Yes,{handed_in}<p>Well done</p>",
        f"Participant 114,Dan Low,,dan@example.edu,No submission,,{possible},Yes,-,-,",
        f"Participant 199,A Stranger,,s@example.edu,Submitted for grading,,{possible},Yes,{handed_in}",
    ]
    return codecs.BOM_UTF8 + "\n".join([*rows, ""]).encode()


def moodle_gradebook(title="Assignment: Lesson 3 (Real)"):
    """The gradebook's export as plain text."""
    head = (
        f'"First name","Last name","ID number",Institution,Department,"Email address","{title}","Course total (Real)"'
    )
    rows = [f"{first},{last},{name},,,{email},-,-" for name, first, last, email, *_ in STUDENTS]
    return "\n".join([head, *rows, ""]).encode()


def blackboard_file(title="Lesson 3 [Total Pts: 9 Score] |901001"):
    """The Grade Center's file for working offline: UTF-16 with BOM, tabs, everything in quotation marks."""
    head = ["Last Name", "First Name", "Username", "Student ID", "Last Access", "Availability", title]
    head.append("Total [Total Pts: up to 9 Score] |901002")
    rows = [
        [last, first, user, f"n{user}", "2026-11-03 14:05:09", "Yes", "", ""]
        for _, first, last, _, _, _, user in STUDENTS
    ]
    rows.append(["Stranger", "A", "s1", "ns1", "", "Yes", "", ""])
    text = "".join("\t".join(f'"{cell}"' for cell in row) + "\r\n" for row in [head, *rows])
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")

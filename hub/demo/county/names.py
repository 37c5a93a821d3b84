"""Names and places to draw from, common ones first; none is a real person's, and no story person's family is here."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words(
    "Mary Maria Jennifer Jessica Ashley Patricia Linda Elizabeth Barbara Susan Sarah Karen Lisa Nancy Sandra Amanda "
    "Melissa Michelle Kimberly Stephanie Rebecca Laura Deborah Angela Nicole Christina Rosa Guadalupe Carmen Latoya "
    "Tanya Ebony Jasmine Keisha Monique Danielle Heather Crystal Tiffany Amber Brittany Samantha Katherine Margaret "
    "Dorothy Virginia Theresa Cynthia Pamela Brenda Denise Tamika Yolanda Alicia Veronica Teresa Gloria Diana Thuy Mei "
    "Priya Fatima Aisha Halima Olga Svetlana Ingrid Winona Dakota Shania Naomi Ruth Esther Miriam Leah Hannah Abigail"
)

MEN = _words(
    "James Michael Robert John David William Jose Richard Joseph Christopher Daniel Matthew Anthony Juan Carlos Mark "
    "Steven Paul Andrew Joshua Kenneth Kevin Brian Timothy Ronald Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan "
    "Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory Alexander Patrick Frank Raymond Jack Dennis Jerry "
    "Tyler Aaron Jesus Luis Miguel Francisco Antonio Manuel Pedro Darnell Tyrone Terrell Jamal DeShawn Andre Malik "
    "Hassan Omar Ibrahim Ahmed Minh Tuan Wei Raj Vikram Ivan Dmitri Lars Joaquin Elijah Isaac Nathan Caleb Curtis Leon"
)

FAMILIES = _words(
    "Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson "
    "Anderson Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson "
    "Walker Young Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell "
    "Mitchell Carter Roberts Gomez Phillips Evans Turner Diaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales "
    "Murphy Cook Rogers Gutierrez Ortiz Morgan Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson "
    "Watson Brooks Chavez Wood James Bennett Gray Mendoza Ruiz Hughes Price Alvarez Castillo Sanders Patel Myers Long "
    "Ross Foster Jimenez Powell Jenkins Perry Russell Sullivan Bell Coleman Butler Henderson Barnes Gonzales Fisher "
    "Vasquez Simmons Romero Jordan Patterson Alexander Hamilton Graham Reynolds Griffin Wallace Moreno West Cole Hayes "
    "Bryant Herrera Gibson Ellis Tran Medina Aguilar Stevens Murray Ford Castro Marshall Owens Harrison Fernandez "
    "McDonald Woods Washington Kennedy Wells Vargas Henry Chen Freeman Webb Tucker Guzman Burns Crawford Olson Simpson "
    "Porter Hunter Gordon Mendez Silva Shaw Snyder Mason Dixon Munoz Hunt Hicks Holmes Palmer Wagner Black Robertson "
    "Boyd Rose Stone Salazar Fox Warren Mills Meyer Rice Schmidt Garza Daniels Ferguson Nichols Stephens Soto Weaver "
    "Ryan Gardner Payne Grant Dunn Kelley Spencer Hawkins Arnold Pierce Hansen Peters Santos Hart Bradley Knight "
    "Elliott Cunningham Duncan Armstrong Hudson Carroll Lane Riley Andrews Alvarado Ray Delacruz Lindsey Ochoa Begay "
    "Yazzie Tsosie Blackwood Abdi Hussein Mohamed Warsame Singh Kaur Sharma Pham Vang Xiong Yang Petrov Novak"
)

NICKNAMES = {
    "William": ("Bill", "Will", "Billy"),
    "Robert": ("Bob", "Rob", "Bobby"),
    "James": ("Jim", "Jimmy"),
    "Michael": ("Mike", "Mikey"),
    "John": ("Jack", "Johnny"),
    "Richard": ("Rick", "Dick", "Richie"),
    "Joseph": ("Joe", "Joey"),
    "Christopher": ("Chris",),
    "Daniel": ("Dan", "Danny"),
    "Matthew": ("Matt",),
    "Anthony": ("Tony",),
    "Steven": ("Steve",),
    "Andrew": ("Drew", "Andy"),
    "Joshua": ("Josh",),
    "Kenneth": ("Ken", "Kenny"),
    "Timothy": ("Tim",),
    "Ronald": ("Ron", "Ronnie"),
    "Nicholas": ("Nick",),
    "Benjamin": ("Ben",),
    "Samuel": ("Sam",),
    "Gregory": ("Greg",),
    "Alexander": ("Alex", "Xander"),
    "Francisco": ("Pancho", "Paco"),
    "Jose": ("Pepe",),
    "Jesus": ("Chuy",),
    "Elizabeth": ("Liz", "Beth", "Betty"),
    "Margaret": ("Maggie", "Peggy"),
    "Katherine": ("Kate", "Kathy", "Katie"),
    "Patricia": ("Pat", "Patty", "Tricia"),
    "Jennifer": ("Jen", "Jenny"),
    "Jessica": ("Jess",),
    "Barbara": ("Barb",),
    "Susan": ("Sue", "Susie"),
    "Deborah": ("Deb", "Debbie"),
    "Rebecca": ("Becky",),
    "Christina": ("Tina", "Chris"),
    "Theresa": ("Terry", "Tess"),
    "Guadalupe": ("Lupe",),
    "Samantha": ("Sam",),
    "Kimberly": ("Kim",),
    "Stephanie": ("Steph",),
    "Danielle": ("Dani",),
    "Veronica": ("Roni",),
    "Abigail": ("Abby",),
}

PLACES = (
    "Riverside Park",
    "Fourth Street underpass",
    "Old Mill lot",
    "Library plaza",
    "Greyhound station",
    "Cannery Row alley",
    "Northside rail yard",
    "St. Brigid's steps",
    "Harlan Creek trail",
    "County fairground",
)

STREETS = (
    "Alder Street",
    "Mill Street",
    "Second Avenue",
    "Cannery Row",
    "Prospect Avenue",
    "Levee Road",
    "Harlan Street",
    "Juniper Court",
    "Orchard Lane",
    "Depot Street",
)

"""Short English words that everybody uses, so that none of them is taken for a slip of the finger."""

from __future__ import annotations

EVERYDAY = frozenset(
    """
    able about above across act add after again age ago agree air all allow almost alone along also always am among
    and angry animal another answer any apart apple apply area arm army around arrive art ask aunt auto average
    avoid away baby back bad bag bake ball band bank bar base basic bath beach bean bear beat bed bee beef been beer
    before begin behind believe bell below belt best better between big bike bill bird birthday bit bite black blame
    blow board boat body boil bone book boss both bottle bottom bowl box boy brain bread break bring brother brown
    build burn bus busy but buy cake call calm camp can candle cap car card care carpet carry cart case cash cat
    catch cause cell chain chair chance change charge chat cheap check cheek cheese chef chest chicken child choice
    choose city class clean clear clever climb clock close cloth cloud club coach coast coat coffee coin cold
    collect college color colour come comes common cook cooked cooks cool copy corn corner cost cotton couch could
    count couple course cousin cover cream cross crowd cry cup curtain customer cut cycle dad daddy daily dance
    danger dark date daughter day dead deaf deal dear death decide deep desk diary die diet different dinner direct
    dirt dish doctor dog doll dollar door double doubt down draw dream dress drink drive drop dry duck due dust duty
    each ear early earn earth east easy eat edge egg eight either else empty end enjoy enough enter equal even
    evening ever every exact exam except excuse exit expect explain eye face fact fail fair fall family famous far
    farm fast fat father fear feed feel feels feet fell few field fight file fill film final find fine finger finish
    fire first fish fit fix flag flat floor flow flower fly fold folk follow food foot for force forest forget fork
    form forward four free fresh friend from front fruit full fun funny future gain game garden gas gate gave get
    gets gift girl give gives glad glass glove goal goat goes gold golf gone good got grade grand grass gray great
    green grey ground group grow guess guest guide gun guy habit had hair half hall hand handle hang happen happy
    hard has hat hate have head health hear heart heat heavy hello help helps her here hide high hike hill him hire
    his history hit hobby hold hole holiday home honest honey hook hope horse hospital host hot hotel hour house how
    huge human hundred hungry hurry hurt husband ice idea ill inch inside into iron island item jacket jam job join
    joke joy juice jump just keen keep keeps key kick kid kill kind king kiss kitchen knee knew knife know knows
    lack lady lake lamp land language large last late later laugh law lay lazy lead leaf learn least leather leave
    left leg lend less lesson let letter level lie life lift light like liked likes line lion lip list listen little
    live lives loan local lock lone long look looks lose loss lost lot loud love loved loves low luck lunch machine
    mad made mail main make makes man many map mark market marry match mate matter may maybe meal mean meat medicine
    meet member memory men menu mess met metal middle might mile milk mind mine minute mirror miss mix mode model
    mom moment mommy money month mood moon more morning most mother mountain mouse mouth move much mud mum mummy
    music must name narrow nation nature near neat neck need needed needs neighbour never new news next nice niece
    night nine nobody noise none noon normal north nose note nothing notice now number nurse nut ocean odd off
    office often oil old once one only open orange order other our out outside oven over own pack page paid pain
    paint pair pan paper parent park part party pass past path pay peace pen people pepper perfect perhaps pet phone
    photo piano pick picture piece pig pin pink pipe place plan plane plant plate play played plays please plenty
    plug pocket point police pool poor pot power press pretty price print prize proper pull puppy push put queen
    quick quiet quite rabbit race radio rain raise ran rate rather raw reach read reads ready real reason red rent
    rest rice rich ride rides right ring rise risk river road roast rock role roll roof room rope rose rough round
    row rude rule run runs sad safe said sail salad salt same sand save saw say says school score sea seat second
    see seed seem seems sell send sense serve set seven several shade shake shall shape share sharp sheep sheet
    shelf shine ship shirt shoe shop short shot should shoulder shout show shower shut sick side sign silk silver
    simple since sing single sink sir sister sit six size ski skin skirt sky sleep slice slim slow small smart smell
    smile smoke smooth snack snow soap sock soft soil sold some son song soon sore sort soul sound soup south space
    spare speak speed spell spend spoon sport spot spring square stage stair stamp stand star start state stay steak
    steal steel step still stomach stone stop store storm story street strong study style such sugar suit sun sunny
    super sure swim table take takes talk tall tape task taste taught tax tea teach team tell ten tent term test
    text than thank that the them then there they thick thin thing think thinks third this those three throat
    through throw thumb thus ticket tidy tie tiger tight time tiny tip tire title toast today toe together told
    tomato tomorrow tone tongue tonight too took tool tooth top total touch tour toward towel town toy track trade
    traffic train travel tree trick trip trousers truck true trust truth try tube tune turn twice two type ugly
    uncle under until upper upset use used user uses usual van very view visit voice wait wake walk walked walks
    wall want wanted wants war warm was wash waste watch water wave way weak wear wears weather wedding week weight
    welcome well went were west wet what wheel when where which while white who whole whose why wide wife wild will
    win wind window wine winter wire wish with woman women won wonder wood wool word work worked works world worry
    worse worst worth would write writes wrong yard ye yea yeah yeh year yellow yes yet young your zero
    """.split()
)

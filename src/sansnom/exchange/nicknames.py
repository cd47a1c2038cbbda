"""Short forms of given names, each with the name it stands for: "Bill" and "William" give one key.

Written for this project from common knowledge: French, English, Spanish, Arabic and Russian forms that people are entered
under. A form that stands for several names goes to one of them: both sides of a comparison do the same.
"""

from typing import Final

_FORMS: Final = """
ivan: vanya | jose: pepe | francisco: paco pancho curro | ekaterina: katya | mikhail: misha | nikolai: kolya nikolay
maria: masha | pavel: pasha | pyotr: petya petr | evgeny: zhenya evgeni | anna: anya annie | fyodor: fedya fedor
yuri: yura | abigail: abby gail | abraham: abe bram | albert: al bert bertie
alexander: alex alec sasha sacha xander | alexandra: sandra sandy alexa | alfred: alf fred alfie | alice: ali allie
amanda: mandy | andrew: andy drew andre | anthony: tony toni | arthur: art artie | barbara: barb babs barbie
benjamin: ben benny benji | beverly: bev | bradley: brad | bridget: biddy bridie | calvin: cal | cameron: cam
carolyn: carol carrie caroline | catherine: cathy kathy kate katie kathleen kat kay katherine kathryn
cecilia: cissy | charles: charlie chuck chas charly | charlotte: lottie charlie
christine: chris chrissy tina christina | christopher: kit topher | clifford: cliff | cynthia: cindy
daniel: dan danny dani | david: dave davy davey | deborah: deb debbie debra | dennis: denny denis | diana: di diane
donald: don donnie | dorothy: dot dottie dolly | douglas: doug | edward: ed eddie ted teddy ned
eleanor: ellie nell nora lena | elizabeth: liz lizzie beth betty bess betsy eliza lisa elisabeth babette
emily: em emmy | emma: emmie | eugene: gene | evelyn: evie eve | florence: flo florrie | frances: fran franny
francis: frank frankie | frederick: rick freddy frederic | gabriel: gabe gaby | geoffrey: geoff jeff jeffrey
george: georgie | gerald: gerry | gerard: ger | gilbert: gil | gregory: greg | harold: hal harry | henry: hank
herbert: herb | howard: howie | isaac: ike zac | jacqueline: jackie jacqui | jacob: jake | james: jim jimmy jamie
jason: jay | jennifer: jen jenny jenna | jessica: jess jessie | jill: gillian | joanna: jo joanne johanna
john: johnny jack jon jonny | jonathan: nathan | joseph: joe joey jo | joshua: josh | judith: judy judi
julia: julie juli yulia | karen: karin | kenneth: ken kenny | kimberly: kim | larry: lawrence laurie laurent
leonard: leo len lenny | leslie: les | lillian: lily lil lilly | linda: lynn lyn | louis: lou louie
lucille: lucy lucie | madeline: maddie madeleine
margaret: maggie meg peggy marge margie greta rita madge margarita marguerite margot | marjorie: margery
martha: marty patty | martin: marti | mary: molly polly mamie | matthew: matt matty | maxime: max maxim maximilian
melissa: mel missy | michael: mike mick mickey mikey misha | michelle: shelly micheline | mildred: millie
mitchell: mitch | nancy: nan | natalie: nat nathalie natalia natasha natalya | nathaniel: nate
nicholas: nick nicky nico | olivia: liv livvy | pamela: pam | patricia: pat patsy tricia trish paty
patrick: paddy patty patricio | paul: paulie | paula: paulette pauline | peter: pete | philip: phil pip
rachel: rachael rae | raymond: ray | rebecca: becky becca | richard: rich dick ricky
robert: rob bob bobby robbie bert robin | roger: rog | ronald: ron ronnie | rose: rosie rosa | russell: russ
ruth: ruthie | samantha: sammie | samuel: sam sammy | sarah: sally sadie sara | stanley: stan
stephanie: steph stefanie | stephen: steve steven stevie | susan: sue suzie susie suzanne suzy
sylvia: sylvie silvia | terence: terry | theodore: theo teo | theresa: terri tess tessa teresa therese
thomas: tom tommy | timothy: tim timmy | valentina: valya | vanessa: nessa | veronica: ronnie vero veronique
victor: vic viktor vitya | victoria: vicky vicki tori | vincent: vince vinnie | virginia: ginny ginger
walter: walt wally | wendy: wen | william: bill billy will willy willie liam | zachary: zach zack | dominique: dom
emmanuel: manu manuel manolo | francoise: fanfan | genevieve: ginette | jeanbaptiste: jb | sebastien: seb sebastian
guadalupe: lupe lupita | dolores: lola | ignacio: nacho | rafael: rafa raphael | fernando: nando fer
concepcion: concha conchita | rosario: charo | mercedes: merche | consuelo: chelo | gustavo: tavo
jesus: chuy chucho | eduarda: lala | beatriz: bea betty beatrice | soledad: sole | alicia: licha | ana: anita
mohammed: mo moh med mohd muhd md simo | mustafa: mus mouss tapha | ibrahim: brahim barhoum ibra
abdallah: abdou abdo abdul | ahmed: hmed ahmad hmida | youssef: yousse sef jusuf
fatima: fatma fatou fatim fatna toufa | khadija: khadidja kadi dija | zeinab: zineb zaynab zeyneb zina
ismail: smail ismael | aleksei: alyosha lyosha alexey alexei aliocha | anastasia: nastya nastia | boris: borya
dmitri: dima mitya dmitry dmitriy dimitri | elizaveta: liza | galina: galya | grigori: grisha
irina: ira irene irina | konstantin: kostya | larisa: lara | ludmila: lyuda luda lyudmila mila
nadezhda: nadia nadya | oksana: ksenia ksyusha | olga: olya olia | pelageya: polina | sergei: seryozha serega sergey
svetlana: sveta lana | tatiana: tanya tania tatyana | valeri: valera valery | vasili: vasya vasiliy vassili
vera: verochka | vladimir: vova volodya vlad volodymyr | vyacheslav: slava | yevgenia: evgenia eugenie
oleksandr: oleks sashko | mykola: kolia
"""


def _read(table: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for line in table.replace("\n", " | ").split("|"):
        canonical, _, forms = line.partition(":")
        for form in forms.split():
            names.setdefault(form, canonical.strip())
    return names


FULL_NAMES: Final = _read(_FORMS)
"""The full name of each short or foreign form."""


def full_name(given: str) -> str:
    """Give the name that a folded given name stands for: itself, when no list has it."""
    return FULL_NAMES.get(given, given)
